// The hint against full jitter, with the same callers.
#pragma once

#include <vector>

#include "bench/simulation.h"
#include "bench/statistics.h"

namespace telephony::bench {

struct Comparison {
  Estimate completed;  ///< more calls, as a part of full jitter's
  Estimate wasted;     ///< more wasted attempts for each completed call, as a part of full jitter's
  Estimate recovery;   ///< more seconds

  /// A difference that chance explains is none: the intervals decide.
  bool completes_no_fewer() const { return completed.mean + completed.half_width >= 0; }
  bool wastes_30_percent_less() const { return wasted.mean + wasted.half_width <= -0.3; }
  bool recovers_no_slower() const { return recovery.mean - recovery.half_width <= 0; }
  bool reaches_the_goal() const {
    return completes_no_fewer() && wastes_30_percent_less() && recovers_no_slower();
  }
};

/// Results of the same seeds in the same order.
Comparison compare(const std::vector<Result>& hint, const std::vector<Result>& full_jitter);

}  // namespace telephony::bench
