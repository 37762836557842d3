#include "journal/dedup_window.h"

#include <algorithm>

namespace telephony {
namespace {

// So many restored keys are still in the cache when the index learns them.
constexpr std::size_t kIndexedAtOnce = 1 << 14;

}  // namespace

void DedupWindow::limit(DedupLimits limits) {
  limits_ = {limits.retention, std::min(limits.max_keys, KeyQueue::kMaxKeys)};
  grain_ =
      std::max<WallTime::duration>(std::chrono::seconds(1), WallTime::duration(limits.retention) / 65'536);
}

bool DedupWindow::insert(const EventKey& key, WallTime now) {
  const KeyIndex::Gap gap = index_.gap_for(key);
  if (!gap) return false;
  index_.fill(gap, keys_.push_newest(key, now, grain_));
  return true;
}

void DedupWindow::mark(std::span<Posting> batch, WallTime now, Marked& marked) {
  const auto prefetch = [&](std::size_t i) {
    if (i < batch.size() && batch[i].key) index_.prefetch(*batch[i].key);
  };
  for (std::size_t i = 0; i < kAhead; ++i) prefetch(i);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    prefetch(i + kAhead);
    Posting& posting = batch[i];
    posting.duplicate = posting.key && !insert(*posting.key, now);
    if (posting.duplicate) continue;
    ++marked.fresh;
    if (posting.key) ++marked.keys;
  }
}

void DedupWindow::restore(std::span<const EventKey> keys, WallTime since) {
  for (const EventKey& key : keys) {
    keys_.push_oldest(key, since, grain_);
    if (++unindexed_ == kIndexedAtOnce) restored();
  }
}

/// A key that was forgotten and counted anew stands there twice; the newer time is the right one.
void DedupWindow::restored() {
  for (; unindexed_ > 0; --unindexed_) {
    const auto place = static_cast<KeyQueue::Place>(keys_.oldest() + unindexed_ - 1);
    if (unindexed_ > kAhead) index_.prefetch(keys_[static_cast<KeyQueue::Place>(place - kAhead)]);
    if (const KeyIndex::Gap gap = index_.gap_for(keys_[place])) {
      index_.fill(gap, place);
    } else {
      ++repeated_;
    }
  }
}

void DedupWindow::forget_newest(std::size_t count) {
  for (; count > 0; --count) {
    index_.remove(keys_[keys_.newest()], keys_.newest());
    keys_.pop_newest();
  }
}

bool DedupWindow::prune(WallTime now, std::size_t steps) {
  const auto too_much = [&] {
    return size() > 0 && (size() > limits_.max_keys || now - keys_.oldest_until() > limits_.retention);
  };
  for (; steps > 0 && too_much(); --steps) {
    if (size() > kAhead) index_.prefetch(keys_[static_cast<KeyQueue::Place>(keys_.oldest() + kAhead)]);
    if (!index_.remove(keys_[keys_.oldest()], keys_.oldest())) --repeated_;
    keys_.pop_oldest();
  }
  return too_much();
}

std::chrono::duration<double> DedupWindow::covered(WallTime now) const {
  return size() == 0 ? std::chrono::duration<double>(0) : now - keys_.oldest_from();
}

}  // namespace telephony
