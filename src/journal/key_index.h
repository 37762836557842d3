// Where in the queue a key stands: open addressing over four-byte places, in many small tables.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "journal/key_queue.h"

namespace telephony {

/// Keys are keyed hashes, so their bits are as good as random and need no further hashing.
///
/// The trick: a bucket is one cache line of twelve places, each with a byte of its key, and says how many
/// keys have passed it because it was full. So to see that a key is new takes one access to memory, and what
/// is removed leaves no trace. It is safe because a byte only rules keys out; what may be equal is compared
/// whole.
///
/// Tables grow one at a time, so no insert waits for more than a 1024th of all keys; their sizes are spread
/// over a doubling, so they don't grow at the same time either, and take 9 to 10 bytes a key at any number of
/// keys.
///
/// Not thread-safe.
class KeyIndex {
 public:
  explicit KeyIndex(const KeyQueue& keys) : keys_(keys) {}

  /// What is asked for, inserted or removed a few calls later is then in the cache.
  void prefetch(const EventKey& key) const;

  /// Where a key that is new is to stand; none when it is there already. So one walk answers whether a key is
  /// new and where it goes. Throws std::bad_alloc; then nothing has changed.
  class Gap;
  Gap gap_for(const EventKey& key);
  /// Adds the key, when nothing was added or removed since.
  void fill(const Gap& gap, const EventKey& key, KeyQueue::Place place);
  /// False when the index has another place for that key, or none.
  bool remove(const EventKey& key, KeyQueue::Place place);

  /// Adds the keys of so many places, from the newest one down, but for those that it has already. Gives how
  /// many it left out. It goes from table to table, so that what it writes to stays in the cache: several
  /// times as fast as key by key. Throws std::bad_alloc, and then has added some.
  std::size_t add_all(KeyQueue::Place newest, std::size_t count);

  /// Makes room for so many keys in all.
  void reserve(std::size_t keys);

 private:
  static constexpr std::size_t kTables = 1024;
  static constexpr std::size_t kSlots = 12;
  static constexpr std::size_t kFill = 10;  ///< slots of a bucket that are taken on average, at most

  struct alignas(64) Bucket {
    std::array<std::uint8_t, kSlots> tags;  ///< 0: the slot is free
    std::uint32_t passed;                   ///< keys that stand further on
    std::array<KeyQueue::Place, kSlots> places;

    std::uint64_t having(std::uint8_t tag) const;  ///< a bit for each slot with that tag
  };
  struct Table {
    std::unique_ptr<Bucket[]> buckets;
    std::uint32_t size = 0;  ///< in buckets
    std::uint32_t keys = 0;
  };

  static std::size_t table_of(const EventKey& key) { return key.low >> 54; }
  static std::uint32_t home(const Table& table, const EventKey& key);
  static std::uint32_t after(const Table& table, std::uint32_t bucket) {
    return bucket + 1 == table.size ? 0 : bucket + 1;
  }
  static std::uint8_t tag(const EventKey& key);
  static void put(Table& table, const EventKey& key, KeyQueue::Place place);
  static std::size_t slot_of(const Bucket& bucket, std::uint8_t tag, KeyQueue::Place place);
  void resize(std::size_t number, std::size_t keys);

  const KeyQueue& keys_;
  std::array<Table, kTables> tables_;
};

class KeyIndex::Gap {
 public:
  explicit operator bool() const { return bucket_ != nullptr; }

 private:
  friend class KeyIndex;
  Bucket* bucket_ = nullptr;
  std::size_t slot_ = 0;
};

}  // namespace telephony
