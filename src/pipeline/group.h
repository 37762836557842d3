// What is committed together.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/text_arena.h"
#include "telephony_exporter/pipeline/pipeline.h"

namespace telephony {

/// That a posting's code or text is in no entry.
struct UnlistedNote {
  std::size_t posting = 0;  ///< its position
  std::shared_ptr<const UnlistedCode> shown;
};

/// One body, and what it turned into.
struct Delivery {
  SourceId source = 0;
  std::string_view idempotency_key;  ///< of the request, while its body is decoded
  WallTime received;
  std::size_t first = 0;  ///< its postings in the group: [first, last)
  std::size_t last = 0;
  std::uint64_t events = 0;  ///< that these stand for
  std::vector<UnlistedNote> unlisted;
  RejectCounts causes{};
  Receipt receipt;
  Done done;

  /// Makes it ready for the next body. What each body sets anyway stays, and what few bodies have is only
  /// looked at, so that a request doesn't build and take down all of it.
  void clear() {
    if (!unlisted.empty()) unlisted = {};
    if (receipt.rejected > 0) causes = {};
    if (receipt.rejects.capacity() > 0) receipt.rejects = {};
    receipt.received = receipt.counted = receipt.duplicate = receipt.ignored = receipt.rejected = 0;
    receipt.unavailable = false;
    if (done) done = {};
  }
};

/// The deliveries of a group. Those that were cleared are filled again, so that a request needs no memory of
/// its own.
class Deliveries {
 public:
  Delivery& add() {
    if (size_ == all_.size()) all_.emplace_back();
    return all_[size_++];
  }
  Delivery& back() { return all_[size_ - 1]; }
  void cut(std::size_t size) {
    while (size_ > size) all_[--size_].clear();
  }
  void clear() {
    cut(0);
    if (all_.size() > kKept) all_ = {};
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  auto begin() { return all_.begin(); }
  auto end() { return all_.begin() + static_cast<std::ptrdiff_t>(size_); }

 private:
  static constexpr std::size_t kKept = 1024;

  std::vector<Delivery> all_;
  std::size_t size_ = 0;
};

/// What the event of a posting told of its calls.
struct CallNote {
  std::size_t posting = 0;  ///< its position
  std::size_t first = 0;    ///< its legs in the group: [first, last)
  std::size_t last = 0;
  std::optional<WallTime> occurred;
  CallFields absurd;
};

/// Positions are used where an address would change as the group grows. What postings and notes show of
/// accounts stands in `texts`.
struct Group {
  std::vector<Posting> postings;
  std::size_t events = 0;  ///< that these stand for
  bool accounts = false;   ///< some posting names one
  std::vector<TrunkNote> trunk_notes;
  std::size_t refusals_from = 0;  ///< postings before it were refused before the last call was told of
  std::vector<CallNote> calls;
  std::vector<CallMeasures> legs;
  std::vector<FilePosition> positions;
  TextArena texts;
  Deliveries deliveries;

  std::size_t waiting() const { return std::max(events, trunk_notes.size()); }

  /// How full it is, to come back to when a delivery can't be taken in.
  struct Mark {
    std::size_t postings, events, trunk_notes, calls, legs, deliveries;
  };
  Mark mark() const {
    return {postings.size(), events, trunk_notes.size(), calls.size(), legs.size(), deliveries.size()};
  }
  void cut(const Mark& mark) {
    postings.resize(mark.postings);
    events = mark.events;
    trunk_notes.resize(mark.trunk_notes);
    refusals_from = std::min(refusals_from, mark.postings);
    calls.resize(mark.calls);
    legs.resize(mark.legs);
    deliveries.cut(mark.deliveries);
  }

  void clear() {
    clear(postings);
    clear(trunk_notes);
    clear(calls);
    clear(legs);
    clear(positions);
    events = refusals_from = 0;
    accounts = false;
    texts.clear();
    deliveries.clear();
  }

 private:
  /// What one large group needed is not kept for the small ones.
  template <typename T>
  static void clear(std::vector<T>& items) {
    constexpr std::size_t kKept = 4096;
    items.clear();
    if (items.capacity() > kKept) items = {};
  }
};

}  // namespace telephony
