// The keys of the events that were counted lately; bounded in time and in number.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <deque>

#include "telephony_exporter/journal/journal.h"

namespace telephony {

/// Not thread-safe.
class DedupWindow {
 public:
  explicit DedupWindow(DedupLimits limits) : limits_(limits) {}

  /// False when the key was there already.
  bool insert(const EventKey& key, WallTime now);

  /// Forgets what is past the limits, at most `steps` keys at a time so that no commit waits long.
  void prune(WallTime now, std::size_t steps);

  void limit(DedupLimits limits) { limits_ = limits; }
  std::size_t size() const { return order_.size(); }
  /// The age of the oldest key; 0 when there is none.
  std::chrono::duration<double> covered(WallTime now) const;

 private:
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const EventKey& key) const { return key.low; }
  };
  struct Kept {
    EventKey key;
    WallTime since;
  };

  DedupLimits limits_;
  boost::unordered_flat_set<EventKey, Hash> keys_;
  std::deque<Kept> order_;
};

}  // namespace telephony
