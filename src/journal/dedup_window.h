// The keys of the events that were counted lately; bounded in time and in number.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>

#include "journal/key_index.h"
#include "journal/key_queue.h"
#include "telephony_exporter/journal/journal.h"

namespace telephony {

/// Keys forgotten at most for every key remembered: enough to shrink, too few to be noticed.
inline constexpr std::size_t kPruneFactor = 4;
/// Keys forgotten at most in one step of housekeeping.
inline constexpr std::size_t kPruneKeys = 4096;

/// Takes at most 32 bytes a key, from 100,000 keys on: 16 in the queue, 11 to 12 in the index, and times. A
/// key that came within a second, or a 65,536th of the retention, after another may share its time, and is
/// never forgotten early for it. When memory runs out it throws std::bad_alloc and has not changed. Not
/// thread-safe.
class DedupWindow {
 public:
  explicit DedupWindow(DedupLimits limits = {}) { limit(limits); }
  DedupWindow(const DedupWindow&) = delete;
  DedupWindow& operator=(const DedupWindow&) = delete;

  /// So many keys ahead `mark` looks the index up, so that as many accesses to memory run at once.
  static constexpr std::size_t kAhead = 12;
  /// A key that is inserted soon is then in the cache, or on its way: of use for the first of a batch, before
  /// which `mark` has nothing to do.
  void expect(const EventKey& key) const { index_.prefetch(key); }
  /// False when the key was there already. `now` is never earlier than at the call before.
  bool insert(const EventKey& key, WallTime now);

  struct Marked {
    std::size_t fresh = 0;  ///< postings that are no duplicates
    std::size_t keys = 0;   ///< of them, those with a key
  };
  /// Inserts the keys of a batch, marks the postings that are duplicates, and counts the others as it goes,
  /// so that they can be taken back when it throws.
  void mark(std::span<Posting> batch, WallTime now, Marked& marked);

  /// Remembers keys from before, when all that are newer are here already. `restored` is to be called after
  /// the last of them, and before anything else.
  void restore(std::span<const EventKey> keys, WallTime since);
  void restored();

  /// Takes back the last `count` keys that were inserted.
  void forget_newest(std::size_t count);

  /// Forgets what is past the limits, at most `steps` keys at a time so that no commit waits long. True when
  /// there is more to forget.
  bool prune(WallTime now, std::size_t steps);

  void limit(DedupLimits limits);
  const DedupLimits& limits() const { return limits_; }
  std::size_t size() const { return keys_.size() - repeated_; }
  /// When the oldest key came. There must be one.
  WallTime oldest() const { return keys_.oldest_from(); }
  /// The age of the oldest key; 0 when there is none.
  std::chrono::duration<double> covered(WallTime now) const;

 private:
  DedupLimits limits_;
  WallTime::duration grain_{};
  KeyQueue keys_;
  KeyIndex index_{keys_};
  std::size_t unindexed_ = 0;  ///< of the oldest keys, those that the index has to learn
  std::size_t repeated_ = 0;   ///< keys that stand in the queue a second time, older, which the index ignores
};

}  // namespace telephony
