#include "journal/dedup_window.h"

namespace telephony {

bool DedupWindow::insert(const EventKey& key, WallTime now) {
  if (!keys_.insert(key).second) return false;
  order_.push_back({key, now});
  return true;
}

void DedupWindow::prune(WallTime now, std::size_t steps) {
  for (; steps > 0 && !order_.empty(); --steps) {
    const Kept& oldest = order_.front();
    if (order_.size() <= limits_.max_keys && now - oldest.since <= limits_.retention) return;
    keys_.erase(oldest.key);
    order_.pop_front();
  }
}

std::chrono::duration<double> DedupWindow::covered(WallTime now) const {
  return order_.empty() ? std::chrono::duration<double>(0) : now - order_.front().since;
}

}  // namespace telephony
