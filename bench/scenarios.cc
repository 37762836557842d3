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
Scenario outage(std::string name, double minutes, double failing, double usual = kUsual) {
  const double arrivals_per_second = 2000 / (minutes * kMinute);
  const int channels = static_cast<int>(arrivals_per_second * kMeanHoldingSeconds / usual);
  const double from = 15 * kMinute;
  const double until = from + minutes * kMinute;
  return {std::move(name), channels, {{until + 15 * kMinute, usual}}, {from, until, failing}, false};
}

Scenario with_log_normal_holding(Scenario scenario) {
  scenario.name += ", log-normal holding";
  scenario.log_normal = true;
  return scenario;
}

Scenario with_patience(Scenario scenario, double shortest_minutes, double longest_minutes) {
  scenario.name += ", impatient";
  scenario.shortest_patience_seconds = shortest_minutes * kMinute;
  scenario.longest_patience_seconds = longest_minutes * kMinute;
  return scenario;
}

Scenario with_retry(Scenario scenario, std::string words, int base_seconds, int max_seconds) {
  scenario.name += ", " + std::move(words);
  scenario.retry.base = std::chrono::seconds(base_seconds);
  scenario.retry.max = std::chrono::seconds(max_seconds);
  return scenario;
}

}  // namespace

std::vector<Scenario> hard_scenarios() {
  const Scenario ten = outage("outage of 10 min", 10, 1);
  const Scenario thirty = outage("outage of 30 min", 30, 1);
  return {with_patience(overload("overload 1.3", 1.3), 2, 5),
          with_patience(ten, 2, 5),
          outage("outage of 10 min, usual load 0.8", 10, 1, 0.8),
          outage("outage of 30 min, usual load 0.8", 30, 1, 0.8),
          with_retry(ten, "10 s to 5 min", 10, 300),
          with_retry(thirty, "10 s to 5 min", 10, 300),
          with_retry(ten, "1 to 30 min", 60, 1800),
          with_retry(overload("overload 2.0", 2), "1 to 30 min", 60, 1800)};
}

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
