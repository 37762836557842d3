// Calls by session and by age, in about 80 bytes each.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// Whose channels a call takes.
struct TrunkId {
  StreamId stream = 0;
  AccountId account = kOtherAccount;
  auto operator<=>(const TrunkId&) const = default;
};

/// A leg, by keyed hashes of its ids. Leg 0 is the session with all its legs.
struct CallId {
  std::uint64_t session = 0;
  std::uint64_t leg = 0;
  bool operator==(const CallId&) const = default;
};

/// Not thread-safe. Memory never shrinks; who adds to it keeps it within a limit.
class CallTable {
 public:
  struct Call {
    CallId id;
    TrunkId trunk;
    std::uint32_t since = 0;  ///< seconds; none is added that is older than one before
  };

  std::size_t size() const { return size_; }
  std::size_t legs(std::uint64_t session) const;
  bool holds(std::uint64_t session) const { return find_session(session) != kNone; }
  bool contains(const CallId& id) const { return find(id) != kNone; }
  const Call* oldest() const { return oldest_ == kNone ? nullptr : &slots_[oldest_].call; }

  /// What is looked up a moment later need not be waited for: with many calls, memory is what a lookup costs.
  [[gnu::always_inline]] void prefetch(std::uint64_t session) const {
    if (size_ > 0) __builtin_prefetch(&buckets_[session & (buckets_.size() - 1)]);
  }

  /// The call must not be there yet.
  void add(const Call& call);
  std::optional<Call> take(const CallId& id) { return take_slot(find(id)); }
  std::optional<Call> take_one_of(std::uint64_t session) { return take_slot(find_session(session)); }
  std::optional<Call> take_oldest() { return take_slot(oldest_); }

 private:
  using Position = std::uint32_t;
  static constexpr Position kNone = UINT32_MAX;
  struct Slot {
    Call call;
    Position next = kNone;  ///< in its bucket; or the next free slot
    Position older = kNone;
    Position newer = kNone;
  };

  Position& bucket(std::uint64_t session) { return buckets_[session & (buckets_.size() - 1)]; }
  Position find(const CallId& id) const;
  Position find_session(std::uint64_t session) const;
  Position free_slot();
  void grow();
  std::optional<Call> take_slot(Position position);
  void unlink(const Slot& slot, Position position);

  std::vector<Slot> slots_;
  std::vector<Position> buckets_ = std::vector<Position>(64, kNone);  ///< a power of two, at most half full
  Position free_ = kNone;
  Position oldest_ = kNone;
  Position newest_ = kNone;
  std::size_t size_ = 0;
};

}  // namespace telephony
