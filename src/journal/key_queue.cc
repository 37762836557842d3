#include "journal/key_queue.h"

#include <algorithm>

namespace telephony {

KeyQueue::Place KeyQueue::push_newest(const EventKey& key, WallTime time, WallTime::duration grain) {
  const auto place = static_cast<Place>(first_ + size_);
  make_room(first_, place, place);
  if (times_.empty() || time - times_.back().from >= grain) times_.push_back({time, time});
  write(place, key);
  times_.back().until = std::max(times_.back().until, time);
  ++times_.back().keys;
  ++size_;
  return place;
}

KeyQueue::Place KeyQueue::push_oldest(const EventKey& key, WallTime time, WallTime::duration grain) {
  const Place place = first_ - 1;
  make_room(place, size_ == 0 ? place : newest(), place);
  if (times_.empty() || times_.front().until - time >= grain) times_.push_front({time, time});
  write(place, key);
  times_.front().from = std::min(times_.front().from, time);
  times_.front().until = std::max(times_.front().until, time);
  ++times_.front().keys;
  --first_;
  ++size_;
  return place;
}

void KeyQueue::pop_newest() {
  const Place place = newest();
  if (--times_.back().keys == 0) times_.pop_back();
  if (--size_ == 0 || place % kChunkKeys == 0) give_back(place);
}

void KeyQueue::pop_oldest() {
  const Place place = first_;
  if (--times_.front().keys == 0) times_.pop_front();
  ++first_;
  if (--size_ == 0 || first_ % kChunkKeys == 0) give_back(place);
}

void KeyQueue::write(Place place, const EventKey& key) {
  at(place)[0] = key.high;
  at(place)[1] = key.low;
}

/// A place becomes one that can be written to, when the keys will reach from one place to another.
void KeyQueue::make_room(Place from, Place to, Place place) {
  widen(from, to);
  std::unique_ptr<Chunk>& chunk = chunks_[slot(place)];
  if (!chunk) chunk = spare_ ? std::move(spare_) : std::make_unique_for_overwrite<Chunk>();
}

/// Makes the ring so large that each chunk has a slot of its own.
void KeyQueue::widen(Place from, Place to) {
  constexpr std::size_t kChunks = (std::size_t{1} << 32) / kChunkKeys;  // the number after which they repeat
  const std::size_t needed = (to / kChunkKeys - from / kChunkKeys) % kChunks + 1;
  if (needed <= chunks_.size()) return;
  std::vector<std::unique_ptr<Chunk>> wider(2 * chunks_.size());
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    const std::size_t number = first_ / kChunkKeys + i;
    wider[number & (wider.size() - 1)] = std::move(chunks_[number & (chunks_.size() - 1)]);
  }
  chunks_ = std::move(wider);
}

void KeyQueue::give_back(Place place) {
  std::unique_ptr<Chunk>& chunk = chunks_[slot(place)];
  if (!spare_) spare_ = std::move(chunk);
  chunk.reset();
}

}  // namespace telephony
