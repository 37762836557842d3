#include "bench/results_table.h"

#include <cstdio>

#include "bench/comparison.h"

namespace telephony::bench {
namespace {

std::string fixed(double value, int digits, const char* format = "%.*f") {
  char text[64];
  std::snprintf(text, sizeof text, format, digits, value);
  return text;
}

std::string with_interval(const Estimate& e, int digits) {
  return fixed(e.mean, digits) + " ± " + fixed(e.half_width, digits);
}

std::string signed_with_interval(const Estimate& e, int digits, const std::string& unit) {
  return fixed(e.mean, digits, "%+.*f") + " ± " + fixed(e.half_width, digits) + unit;
}

Estimate percent(const Estimate& e) { return {100 * e.mean, 100 * e.half_width}; }

Estimate of(const std::vector<Result>& results, double Result::*field) {
  std::vector<double> values;
  values.reserve(results.size());
  for (const Result& result : results) values.push_back(result.*field);
  return estimate(values);
}

bool has_outage(const Scenario& scenario) { return scenario.outage.until_seconds > 0; }

std::string verdict(const Comparison& c) {
  if (c.reaches_the_goal()) return "yes";
  std::string lost = "no:";
  if (!c.completes_no_fewer()) lost += " fewer calls;";
  if (!c.wastes_30_percent_less()) lost += " less than 30 % fewer wasted;";
  if (!c.recovers_no_slower()) lost += " slower;";
  lost.pop_back();
  return lost;
}

}  // namespace

std::string results_heading() {
  return "| Scenario | Strategy | Completed calls | Wasted attempts a completed call | Recovery, s | "
         "Fairness |\n"
         "| --- | --- | --- | --- | --- | --- |\n";
}

std::string results_rows(const Scenario& scenario, const Results& results) {
  std::string rows;
  for (const Strategy strategy : kStrategies) {
    const std::vector<Result>& of_strategy = results.at(strategy);
    rows += "| " + scenario.name + " | " + name(strategy) + " | " +
            with_interval(of(of_strategy, &Result::completed), 0) + " | " +
            with_interval(of(of_strategy, &Result::wasted), 3) + " | " +
            (has_outage(scenario) ? with_interval(of(of_strategy, &Result::recovery_seconds), 0) : "") +
            " | " + with_interval(of(of_strategy, &Result::fairness), 3) + " |\n";
  }
  return rows;
}

std::string comparison_heading() {
  return "| Scenario | Completed calls | Wasted attempts a completed call | Recovery | Goal reached |\n"
         "| --- | --- | --- | --- | --- |\n";
}

std::string comparison_row(const Scenario& scenario, const Results& results) {
  const Comparison c = compare(results.at(Strategy::hint), results.at(Strategy::full_jitter));
  return "| " + scenario.name + " | " + signed_with_interval(percent(c.completed), 2, " %") + " | " +
         signed_with_interval(percent(c.wasted), 1, " %") + " | " +
         (has_outage(scenario) ? signed_with_interval(c.recovery, 1, " s") : "") + " | " + verdict(c) +
         " |\n";
}

}  // namespace telephony::bench
