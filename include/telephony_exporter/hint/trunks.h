// How full the trunks are, how many calls they hold, and how many they should.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "telephony_exporter/hint/hint.h"
#include "telephony_exporter/hint/open_calls.h"
#include "telephony_exporter/hint/trunk_history.h"

namespace telephony {

inline constexpr double kTargetBlocking = 0.01;

/// What one event says of a trunk.
struct TrunkEvent {
  TrunkId trunk;
  std::optional<CallId> call;
  bool over = false;           ///< the call has ended
  bool refused = false;        ///< something was refused for want of capacity
  std::uint32_t refusals = 1;  ///< how often, where no call is named
};

/// One trunk now. What is not known is nullopt, and never NaN.
struct TrunkNumbers {
  TrunkId trunk;
  std::uint32_t calls = 0;
  std::uint32_t peak = 0;  ///< of the last hour
  std::optional<std::uint32_t> limit;
  bool limit_configured = false;
  TrunkSpan window;                         ///< the last 15 minutes; empty when no call was seen for a day
  std::optional<double> busy_hour_erlangs;  ///< offered in the busiest hour of the last 24
  std::optional<std::uint32_t> recommended_calls;  ///< for the busiest hour and kTargetBlocking
};

/// Not thread-safe. The clock may be set back or forward: time in here stands still, or moves on.
///
/// A limit that nobody configured is learned: it is the most calls that were open when something was refused.
/// It rises when more calls stay open for ten seconds, which no refused one does, and falls when ten refusals
/// of the last day all came at fewer. `other` stands for many trunks and has no limit.
class Trunks {
 public:
  explicit Trunks(CallLimits limits = {});
  Trunks(const Trunks&) = delete;  // its calls report to it
  Trunks& operator=(const Trunks&) = delete;

  /// The limits that are configured, instead of those from before.
  void configure(std::map<TrunkId, std::uint32_t> limits) { configured_ = std::move(limits); }

  void see(const TrunkEvent& event, WallTime received);
  /// It is to be seen soon.
  [[gnu::always_inline]] void prefetch(const TrunkEvent& event) const {
    if (event.call) calls_.prefetch(event.call->session);
  }

  /// Trunks that had a call since the start, or a limit that is configured.
  std::vector<TrunkNumbers> numbers(WallTime now);

  /// No trunk had a call yet.
  bool empty() const { return trunks_.empty(); }

  /// What a hint of a capacity code wants to know.
  TrunkView view(const TrunkId& trunk, WallTime now);

  std::uint64_t expired() const { return calls_.expired(); }
  std::uint64_t dropped() const { return calls_.dropped(); }

 private:
  struct Trunk {
    explicit Trunk(Seconds now) : history(now) {}
    TrunkHistory history;
    std::uint32_t open = 0;
    std::uint32_t learned = 0;  ///< 0: nothing was refused yet
    std::uint32_t above = 0;    ///< the fewest calls since there are more than `learned`
    Seconds above_since{0};
    double mean_holding_seconds = 0;
    double ended = 0;
  };

  Seconds pass(WallTime now);
  Trunk& advanced(const TrunkId& id, Seconds now);
  void changed(const CallTable::Call& call, CallChange change);
  void watch_limit(Trunk& trunk) const;
  void refuse(Trunk& trunk, bool known, std::uint32_t times);
  std::optional<std::uint32_t> limit(const TrunkId& id, const Trunk& trunk) const;
  TrunkNumbers numbers(const TrunkId& id, const Trunk& trunk) const;

  OpenCalls calls_;
  std::map<TrunkId, Trunk> trunks_;
  std::map<TrunkId, std::uint32_t> configured_;
  std::optional<WallTime> last_;
  Seconds now_{0};
};

}  // namespace telephony
