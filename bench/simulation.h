// A trunk, its callers and an exporter beside it, as a discrete-event simulation: what a retry strategy
// brings.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "telephony_exporter/hint/hint.h"

namespace telephony::bench {

/// Callers arrive as a Poisson stream; `offered` is their traffic as a part of the channels, until `until`.
struct Load {
  double until_seconds = 0;
  double offered = 0;
};

/// The provider refuses `failing` of the attempts, whatever the trunk could still take.
struct Outage {
  double from_seconds = 0;
  double until_seconds = 0;
  double failing = 0;
};

struct Scenario {
  std::string name;
  int channels = 0;
  std::vector<Load> loads;
  Outage outage;
  bool log_normal = false;  ///< holding times; exponential otherwise, with the same mean
  double shortest_patience_seconds = 5 * 60;
  double longest_patience_seconds = 15 * 60;
  Retry retry = {RetryClass::backoff, std::chrono::seconds(30),
                 std::chrono::seconds(600)};  ///< of the catalog
};

inline constexpr double kMeanHoldingSeconds = 180;
inline constexpr double kReportDelaySeconds = 1;  ///< until the exporter knows what happened

enum class Strategy { at_once, fixed, full_jitter, retry_after, hint };
inline constexpr std::initializer_list<Strategy> kStrategies = {
    Strategy::at_once, Strategy::fixed, Strategy::full_jitter, Strategy::retry_after, Strategy::hint};
std::string name(Strategy strategy);

struct Result {
  double completed = 0;         ///< calls that got through
  double wasted = 0;            ///< refused attempts for each of them
  double recovery_seconds = 0;  ///< until 9 in 10 of those who waited when an outage ended got through
  double fairness = 0;          ///< Jain's index of the attempts that callers needed; 1 is equal
};

/// The callers, their patience and their luck depend on the seed and not on the strategy.
Result simulate(const Scenario& scenario, Strategy strategy, std::uint64_t seed);

/// Those in which the hint has a goal to reach.
std::vector<Scenario> scenarios();

/// Those in which callers, trunks and catalogs are not what the model supposes.
std::vector<Scenario> hard_scenarios();

}  // namespace telephony::bench
