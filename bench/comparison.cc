#include "bench/comparison.h"

namespace telephony::bench {

Comparison compare(const std::vector<Result>& hint, const std::vector<Result>& full_jitter) {
  std::vector<double> completed, wasted, recovery;
  for (std::size_t seed = 0; seed < hint.size(); ++seed) {
    completed.push_back(hint[seed].completed / full_jitter[seed].completed - 1);
    wasted.push_back(hint[seed].wasted / full_jitter[seed].wasted - 1);
    recovery.push_back(hint[seed].recovery_seconds - full_jitter[seed].recovery_seconds);
  }
  return {estimate(completed), estimate(wasted), estimate(recovery)};
}

}  // namespace telephony::bench
