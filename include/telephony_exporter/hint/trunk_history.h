// What went over one trunk in the last 24 hours.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "telephony_exporter/hint/hint.h"

namespace telephony {

inline constexpr Seconds kTrunkPeriod{300};
inline constexpr std::size_t kTrunkPeriods = 288;  // a day
inline constexpr std::size_t kPeriodsAnHour = 12;
inline constexpr std::size_t kPeriodsOfTheWindow = 3;  // "now" is the last 15 minutes, and what runs

/// What was seen of a trunk in some time.
struct TrunkSpan {
  double call_seconds = 0;
  double seconds = 0;  ///< that were watched
  std::uint32_t attempts = 0;
  std::uint32_t refused = 0;  ///< for want of capacity
  std::uint32_t peak = 0;     ///< calls at the same time
  std::uint32_t full = 0;     ///< the most calls that were open at a refusal; 0 when there was none

  /// All are nullopt where nothing can be said.
  std::optional<double> carried() const;   ///< erlangs: calls on average
  std::optional<double> blocking() const;  ///< refused of all attempts, 0 to 1
  std::optional<double> offered() const;   ///< erlangs

  void add(const TrunkSpan& more);
};

/// Not thread-safe. Times are seconds on a clock that does not run backwards.
class TrunkHistory {
 public:
  explicit TrunkHistory(Seconds now) : now_(now), begun_(now) {}

  /// So many calls were open since the last time. True when a new period began.
  bool advance(Seconds now, std::uint32_t open);

  TrunkSpan& present() { return periods_[present_]; }
  /// So many periods, the present one included; at most as many as were watched.
  TrunkSpan last(std::size_t periods) const;
  /// The twelve periods together in which the most was offered.
  TrunkSpan busiest_hour() const;

 private:
  const TrunkSpan& ago(std::size_t periods) const;
  void begin_period(std::uint32_t open);

  std::vector<TrunkSpan> periods_ = std::vector<TrunkSpan>(1);  ///< a ring once it is a day long
  std::size_t present_ = 0;
  Seconds now_;
  Seconds begun_;  ///< the present period
};

}  // namespace telephony
