// The keys of the events that were counted lately; bounded in time and in number.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <chrono>
#include <cstddef>
#include <deque>

#include "telephony_exporter/journal/journal.h"

namespace telephony {

/// Keys forgotten at most for every key remembered: enough to shrink, too few to be noticed.
inline constexpr std::size_t kPruneFactor = 4;
/// Keys forgotten at most in one step of housekeeping.
inline constexpr std::size_t kPruneKeys = 4096;

/// Not thread-safe.
class DedupWindow {
 public:
  explicit DedupWindow(DedupLimits limits = {}) : limits_(limits) {}

  /// False when the key was there already. `now` is never earlier than at the call before.
  bool insert(const EventKey& key, WallTime now);

  /// Remembers a key from before, when all that are newer are here already.
  void restore(const EventKey& key, WallTime since);

  /// Takes back the last `count` keys that were inserted.
  void forget_newest(std::size_t count);

  /// Forgets what is past the limits, at most `steps` keys at a time so that no commit waits long. True when
  /// there is more to forget.
  bool prune(WallTime now, std::size_t steps);

  void limit(DedupLimits limits) { limits_ = limits; }
  const DedupLimits& limits() const { return limits_; }
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
