#include "bench/simulation.h"

namespace telephony::bench {
namespace {

constexpr double kMinute = 60;
constexpr double kUsual = 0.6;  ///< of the channels, when nothing is wrong

/// An hour of overload between two quarters as usual.
Scenario overload(std::string name, double offered) {
  return {std::move(name),
          200,
          {{15 * kMinute, kUsual}, {75 * kMinute, offered}, {90 * kMinute, kUsual}},
          {},
          false};
}

/// The trunk is as large as it takes for 2,000 callers to arrive while the outage lasts.
Scenario outage(std::string name, double minutes, double failing) {
  const double arrivals_per_second = 2000 / (minutes * kMinute);
  const int channels = static_cast<int>(arrivals_per_second * kMeanHoldingSeconds / kUsual);
  const double from = 15 * kMinute;
  const double until = from + minutes * kMinute;
  return {std::move(name), channels, {{until + 15 * kMinute, kUsual}}, {from, until, failing}, false};
}

Scenario with_log_normal_holding(Scenario scenario) {
  scenario.name += ", log-normal holding";
  scenario.log_normal = true;
  return scenario;
}

}  // namespace

std::vector<Scenario> scenarios() {
  const Scenario peak = {"peak of 5 min at 2.0",
                         200,
                         {{15 * kMinute, kUsual}, {20 * kMinute, 2}, {50 * kMinute, kUsual}},
                         {},
                         false};
  return {overload("overload 1.05", 1.05),
          overload("overload 1.3", 1.3),
          overload("overload 2.0", 2),
          with_log_normal_holding(overload("overload 1.3", 1.3)),
          peak,
          outage("outage of 1 min", 1, 1),
          outage("outage of 10 min", 10, 1),
          outage("outage of 30 min", 30, 1),
          with_log_normal_holding(outage("outage of 10 min", 10, 1)),
          outage("half fails for 10 min", 10, 0.5)};
}

}  // namespace telephony::bench
