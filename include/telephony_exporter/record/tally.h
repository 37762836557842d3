// The numbers of counters, which pages read while they are raised.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "telephony_exporter/event/event.h"
#include "telephony_exporter/record/page.h"

namespace telephony {

/// A counter's number. It is raised under the ledger's lock and read without one, so a page holds up no
/// posting. All that was posted before the page began is on it, because that takes the lock once; of what is
/// posted meanwhile it may show one event and not yet the next.
class Tally {
 public:
  void add(std::uint64_t events, UnixMicros first) {
    constexpr UnixMicros kUnknown{0};
    const bool earlier = created() == kUnknown || (first != kUnknown && first < created());
    if (earlier) created_.store(first, std::memory_order_relaxed);
    count_.store(count() + events, std::memory_order_relaxed);
  }
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  /// Since when it has counted; 0 for an account's until seen.
  UnixMicros created() const { return created_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> count_{0};
  std::atomic<UnixMicros> created_{UnixMicros{0}};
};

class ErrorTally : public Tally {
 public:
  void add(std::uint64_t events, UnixMicros first, UnixMicros last) {
    Tally::add(events, first);
    if (last > last_seen()) last_seen_.store(last, std::memory_order_relaxed);
  }
  UnixMicros last_seen() const { return last_seen_.load(std::memory_order_relaxed); }  ///< 0 until seen

 private:
  std::atomic<UnixMicros> last_seen_{UnixMicros{0}};
};

using SessionTallies = std::array<Tally, kOutcomes>;

}  // namespace telephony
