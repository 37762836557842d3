#include "bench/callers.h"

#include <cmath>

namespace telephony::bench {
namespace {

constexpr double kSigma = 1;  ///< of log-normal holding times

}  // namespace

std::vector<Caller> arrivals(const Scenario& scenario, const Luck& luck) {
  std::vector<Caller> callers;
  double now = 0;
  for (const Load& load : scenario.loads) {
    const double gap = kMeanHoldingSeconds / (load.offered * scenario.channels);
    // A Poisson stream has no memory, so each load begins anew.
    for (std::uint32_t id = callers.size();; id = callers.size()) {
      const double at = now + luck.exponential(Use::arrival, id, gap);
      if (at > load.until_seconds) break;
      now = at;
      const double patience = std::lerp(scenario.shortest_patience_seconds, scenario.longest_patience_seconds,
                                        luck.share(Use::patience, id));
      const double holding = scenario.log_normal ? luck.log_normal(id, kMeanHoldingSeconds, kSigma)
                                                 : luck.exponential(Use::holding, id, kMeanHoldingSeconds);
      callers.push_back({now, now + patience, holding, 0, -1});
    }
    now = load.until_seconds;
  }
  return callers;
}

}  // namespace telephony::bench
