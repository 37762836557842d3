#include "journal/dedup_window.h"

namespace telephony {

bool DedupWindow::insert(const EventKey& key, WallTime now) {
  if (keys_.contains(key)) return false;
  order_.push_back({key, now});
  try {
    keys_.insert(key);
  } catch (...) {  // a key in one of the two only would be known for ever, or forgotten at once
    order_.pop_back();
    throw;
  }
  return true;
}

void DedupWindow::restore(const EventKey& key, WallTime since) {
  // A key that was forgotten and counted anew stands there twice; the newer time is the right one.
  if (keys_.insert(key).second) order_.push_front({key, since});
}

void DedupWindow::forget_newest(std::size_t count) {
  for (; count > 0; --count) {
    keys_.erase(order_.back().key);
    order_.pop_back();
  }
}

bool DedupWindow::prune(WallTime now, std::size_t steps) {
  const auto too_much = [&] {
    return !order_.empty() &&
           (order_.size() > limits_.max_keys || now - order_.front().since > limits_.retention);
  };
  for (; steps > 0 && too_much(); --steps) {
    keys_.erase(order_.front().key);
    order_.pop_front();
  }
  return too_much();
}

std::chrono::duration<double> DedupWindow::covered(WallTime now) const {
  return order_.empty() ? std::chrono::duration<double>(0) : now - order_.front().since;
}

}  // namespace telephony
