// Keys in the order in which they came, and when they did: 16 bytes a key, and a time once for many.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// A key keeps its place from its arrival until it leaves, so that an index may name it in four bytes. Places
/// are a running number that begins anew after 2^32, so fewer keys than that may stand at once. Not
/// thread-safe.
class KeyQueue {
 public:
  using Place = std::uint32_t;
  static constexpr std::size_t kMaxKeys = std::size_t{1}
                                          << 31;  ///< for 64 GB of memory; far from the end of places

  std::size_t size() const { return size_; }
  /// Places count upwards from the oldest key to the newest.
  Place oldest() const { return first_; }
  Place newest() const { return static_cast<Place>(first_ + size_ - 1); }
  EventKey operator[](Place place) const { return {at(place)[0], at(place)[1]}; }
  /// A key that is read a few calls later is then in the cache.
  void prefetch(Place place) const { __builtin_prefetch(at(place)); }

  /// When the oldest key came, at the earliest and at the latest. There must be one.
  WallTime oldest_from() const { return times_.front().from; }
  WallTime oldest_until() const { return times_.front().until; }

  /// Adds a key behind the newest, or before the oldest one, and gives its place. Of keys that came within
  /// `grain` only the first and the last time may be kept. Throws std::bad_alloc; then nothing has changed.
  Place push_newest(const EventKey& key, WallTime time, WallTime::duration grain);
  Place push_oldest(const EventKey& key, WallTime time, WallTime::duration grain);

  void pop_newest();
  void pop_oldest();

 private:
  // 256 KiB, so that they are mapped and go back to the system. Not keys, whose constructor would touch all
  // of it.
  static constexpr Place kChunkKeys = 16 * 1024;
  using Chunk = std::array<std::uint64_t, 2 * kChunkKeys>;
  /// So many keys in a row.
  struct Time {
    WallTime from;
    WallTime until;
    std::size_t keys = 0;
  };

  std::size_t slot(Place place) const { return place / kChunkKeys & (chunks_.size() - 1); }
  std::uint64_t* at(Place place) const { return chunks_[slot(place)]->data() + 2 * (place % kChunkKeys); }
  void write(Place place, const EventKey& key);
  void make_room(Place from, Place to, Place place);
  void widen(Place from, Place to);
  void give_back(Place place);

  Place first_ = 0;
  std::size_t size_ = 0;
  std::vector<std::unique_ptr<Chunk>> chunks_{1};  ///< a ring; their number is a power of two
  std::unique_ptr<Chunk> spare_;                   ///< what one end gives back, the other one takes
  std::deque<Time> times_;
};

}  // namespace telephony
