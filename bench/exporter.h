// What the exporter knows in the simulation: what was reported to it, a webhook's delay after it happened.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>

#include "telephony_exporter/hint/hint.h"

namespace telephony::bench {

/// The two codes of the simulated provider.
enum class Code { trunk_full, out_of_service };

inline WallTime wall(double seconds) {
  return WallTime(std::chrono::hours(1'000'000 / 2)) +
         std::chrono::duration_cast<WallTime::duration>(Seconds(seconds));
}

class Exporter {
 public:
  explicit Exporter(const Retry& retry) : retry_(retry) {}

  void refused(Code code, double now) {
    HintState& state = states_[static_cast<std::size_t>(code)];
    state = after_failure(state, retry_, wall(now), std::nullopt);
  }

  void connected() { trunk_.busy_calls += 1; }

  void ended(double now, double holding) {
    trunk_.busy_calls = std::max(0.0, trunk_.busy_calls - 1);
    ended_ += 1;
    trunk_.mean_holding_seconds += (holding - trunk_.mean_holding_seconds) / std::min(ended_, 1000.0);
    for (HintState& state : states_) state = after_success(state, retry_, wall(now));
  }

  Hint hint(Code code, double now) const {
    const TrunkView trunk = code == Code::trunk_full ? trunk_ : TrunkView();
    return hint_now(states_[static_cast<std::size_t>(code)], retry_, wall(now), trunk);
  }

 private:
  Retry retry_;
  std::array<HintState, 2> states_;
  TrunkView trunk_;
  double ended_ = 0;
};

}  // namespace telephony::bench
