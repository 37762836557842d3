// The small form of script/bench: the hint must not lose what docs/retry-hints.md says it brings.
#include <gtest/gtest.h>

#include "bench/comparison.h"
#include "bench/simulation.h"
#include "bench/statistics.h"

namespace telephony::bench {
namespace {

Comparison compared(const Scenario& scenario, int seeds) {
  std::vector<Result> hint, full_jitter;
  for (int seed = 1; seed <= seeds; ++seed) {
    hint.push_back(simulate(scenario, Strategy::hint, seed));
    full_jitter.push_back(simulate(scenario, Strategy::full_jitter, seed));
  }
  return compare(hint, full_jitter);
}

TEST(RetrySimulation, TheHintBeatsFullJitter) {
  for (const Scenario& scenario : scenarios()) {
    SCOPED_TRACE(scenario.name);
    const Comparison c = compared(scenario, 3);
    const bool partly = scenario.outage.failing > 0 && scenario.outage.failing < 1;
    EXPECT_GE(c.completed.mean, 0);
    EXPECT_LE(c.wasted.mean, partly ? -0.03 : -0.3);
    EXPECT_LE(c.recovery.mean, 0);
  }
}

TEST(RetrySimulation, ASeedIsALifeOfItsOwn) {
  const Scenario scenario = scenarios().front();
  const Result once = simulate(scenario, Strategy::hint, 1);
  EXPECT_EQ(once.completed, simulate(scenario, Strategy::hint, 1).completed);
  EXPECT_NE(once.completed, simulate(scenario, Strategy::hint, 2).completed);
}

TEST(RetrySimulation, ATrunkThatIsLargeEnoughLosesNobody) {
  const Scenario quiet = {"quiet", 200, {{3600, 0.6}}, {}, false};
  for (const Strategy strategy : kStrategies) {
    const Result result = simulate(quiet, strategy, 1);
    EXPECT_EQ(result.wasted, 0) << name(strategy);
    EXPECT_EQ(result.fairness, 1) << name(strategy);
    EXPECT_NEAR(result.completed, 0.6 * 200 * 3600 / kMeanHoldingSeconds, 200) << name(strategy);
  }
}

TEST(Statistics, EstimatesAreStudents) {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6};
  const Estimate e = estimate(values);
  EXPECT_DOUBLE_EQ(e.mean, 3.5);
  EXPECT_NEAR(e.half_width, 2.5706 * 1.870829 / 2.449490, 0.01);
}

}  // namespace
}  // namespace telephony::bench
