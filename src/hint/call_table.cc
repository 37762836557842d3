#include "telephony_exporter/hint/call_table.h"

namespace telephony {

std::size_t CallTable::legs(std::uint64_t session) const {
  std::size_t found = 0;
  for (Position at = buckets_[session & (buckets_.size() - 1)]; at != kNone; at = slots_[at].next) {
    if (slots_[at].call.id.session == session) ++found;
  }
  return found;
}

CallTable::Position CallTable::find(const CallId& id) const {
  if (size_ == 0) return kNone;  // and its buckets, which may be many, stay out of the cache
  Position at = buckets_[id.session & (buckets_.size() - 1)];
  while (at != kNone && slots_[at].call.id != id) at = slots_[at].next;
  return at;
}

CallTable::Position CallTable::find_session(std::uint64_t session) const {
  if (size_ == 0) return kNone;
  Position at = buckets_[session & (buckets_.size() - 1)];
  while (at != kNone && slots_[at].call.id.session != session) at = slots_[at].next;
  return at;
}

CallTable::Position CallTable::free_slot() {
  if (free_ == kNone) {
    slots_.emplace_back();
    return static_cast<Position>(slots_.size() - 1);
  }
  const Position slot = free_;
  free_ = slots_[slot].next;
  return slot;
}

void CallTable::add(const Call& call) {
  if (2 * size_ >= buckets_.size()) grow();
  const Position position = free_slot();
  Position& first = bucket(call.id.session);
  slots_[position] = {call, first, newest_, kNone};
  first = position;
  (newest_ == kNone ? oldest_ : slots_[newest_].newer) = position;
  newest_ = position;
  ++size_;
}

void CallTable::grow() {
  buckets_.assign(2 * buckets_.size(), kNone);
  for (Position at = oldest_; at != kNone; at = slots_[at].newer) {
    Position& first = bucket(slots_[at].call.id.session);
    slots_[at].next = first;
    first = at;
  }
}

std::optional<CallTable::Call> CallTable::take_slot(Position position) {
  if (position == kNone) return std::nullopt;
  Slot& slot = slots_[position];
  unlink(slot, position);
  if (oldest_ != kNone) prefetch(slots_[oldest_].call.id.session);  // which is often the next one to go
  slot.next = free_;
  free_ = position;
  --size_;
  return slot.call;
}

void CallTable::unlink(const Slot& slot, Position position) {
  Position* link = &bucket(slot.call.id.session);
  while (*link != position) link = &slots_[*link].next;
  *link = slot.next;
  (slot.older == kNone ? oldest_ : slots_[slot.older].newer) = slot.newer;
  (slot.newer == kNone ? newest_ : slots_[slot.newer].older) = slot.older;
}

}  // namespace telephony
