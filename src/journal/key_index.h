// Where in the queue a key stands: open addressing over four-byte places, in segments that split.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "journal/key_queue.h"
#include "telephony_exporter/memory/huge_pages.h"
#include "telephony_exporter/memory/page_mapper.h"

namespace telephony {

/// Keys are keyed hashes, so their bits are as good as random and need no further hashing.
///
/// The first trick: a bucket is one cache line of ten places, each with sixteen bits of its key, and says how
/// many keys have passed it because it was full. So to see that a key is new takes one access to memory, and
/// what is removed leaves no trace. It is safe because these bits only rule keys out; what may be equal is
/// compared whole.
///
/// The second: a segment that is full splits in two by one of these bits, bucket by bucket and in order, so
/// that to grow reads no key, but for the few that found their bucket full. No insert waits for more than a
/// segment, and segments are small, as all that came meanwhile waits as well. Nothing is given back that
/// could leave holes.
///
/// The third: a key's address is bent (`address`), so that segments at one end get twice as many keys as at
/// the other. Else all would split at about the same time, and then be half empty. So a key takes 11 to 12
/// bytes at any number of keys.
///
/// Not thread-safe.
class KeyIndex {
 public:
  explicit KeyIndex(const KeyQueue& keys);

  /// What is asked for, inserted or removed a few calls later is then in the cache.
  void prefetch(const EventKey& key) const;

  /// Where a key that is new is to stand; none when it is there already. So one walk answers whether a key is
  /// new and where it goes. Throws std::bad_alloc; then nothing has changed.
  class Gap;
  Gap gap_for(const EventKey& key);
  /// Adds the key, when nothing was added or removed since.
  void fill(const Gap& gap, KeyQueue::Place place);
  /// False when the index has another place for that key, or none.
  bool remove(const EventKey& key, KeyQueue::Place place);

 private:
  static constexpr std::size_t kSlots = 10;
  static constexpr std::uint16_t kWholeTag = 0xffff;
  static constexpr std::uint32_t kAllSlots = (1U << kSlots) - 1;
  static constexpr std::uint32_t kBuckets = 256;            ///< of a segment: 16 KiB
  static constexpr std::uint32_t kMostKeys = kBuckets * 8;  ///< of a segment, beyond which it splits
  static constexpr std::uint32_t kWalk = 64;                ///< buckets in which a key may stand
  static constexpr std::uint32_t kFirstTagBit = 7;  ///< of the address; fewer segments split by the keys
  static constexpr std::uint32_t kMostAddressBits = kFirstTagBit + 16;  ///< far more segments than keys allow

  struct alignas(64) Bucket {
    std::array<std::uint16_t, kSlots> tags;
    std::uint32_t taken : kSlots;  ///< a bit for each slot
    std::uint32_t away : kSlots;   ///< those of keys whose own bucket was full
    std::uint32_t passed : 12;     ///< keys that stand further on; at most those of a walk
    std::array<KeyQueue::Place, kSlots> places;

    /// A bit for each slot that is taken and in whose tag these bits have this value.
    std::uint32_t matching(std::uint16_t bits, std::uint16_t value) const;
    /// Leaves only these slots taken, of keys whose own bucket this is, and gives how many they are.
    std::uint32_t keep(std::uint32_t slots);
  };
  struct Segment {
    Bucket* buckets;
    std::uint32_t keys;
    std::uint32_t address_bits;  ///< that all its keys have in common
  };
  struct Release {
    std::size_t buckets = 0;
    void operator()(Bucket* memory) const { HugePages<Bucket>().deallocate(memory, buckets); }
  };
  using Piece = std::unique_ptr<Bucket[], Release>;
  /// A key as the index sees it.
  struct Course {
    std::uint32_t address;
    std::uint32_t home;  ///< the bucket where its walk begins
    std::uint16_t tag;
    explicit Course(const EventKey& key);
  };

  static std::uint32_t after(std::uint32_t bucket) { return (bucket + 1) % kBuckets; }
  std::uint32_t segment_of(const Course& course) const {
    return directory_[std::uint64_t{course.address} >> (32 - directory_bits_)];
  }
  Gap room_for(const Course& course);
  static bool has_tag_bit(std::uint32_t address_bit) { return address_bit >= kFirstTagBit; }
  void split(const Course& course);
  static void halve(Segment& lower, Segment& upper);
  std::vector<KeyQueue::Place> places(const Segment& segment, bool only_away) const;
  void move_segments();
  void widen_directory();
  bool is_large() const;
  Bucket* new_buckets();
  void look_ahead();
  static Piece new_piece(std::size_t segments);

  const KeyQueue& keys_;
  std::vector<Segment> segments_;
  std::uint32_t directory_bits_ = 0;
  std::vector<std::uint32_t> directory_;  ///< the segment of each beginning of an address
  std::vector<Piece> memory_;
  std::size_t moved_ = 0;                ///< of the first segments, those that are in large pages
  std::size_t unused_ = 0;               ///< segments of the last piece of it
  Piece ahead_{nullptr, Release()};      ///< the next large piece, once the last one is nearly used up
  PageMapper mapper_;                    ///< of that one
  std::vector<KeyQueue::Place> strays_;  ///< keys that found no room in a walk; of random keys there are none
};

class KeyIndex::Gap {
 public:
  explicit operator bool() const { return segment_ != nullptr; }

 private:
  friend class KeyIndex;
  Gap() = default;
  Gap(Segment& segment, const Course& course) : segment_(&segment), home_(course.home), tag_(course.tag) {}

  Segment* segment_ = nullptr;
  std::uint32_t home_ = 0;
  std::uint32_t bucket_ = kBuckets;  ///< kBuckets: there is no room
  std::uint16_t tag_ = 0;
};

}  // namespace telephony
