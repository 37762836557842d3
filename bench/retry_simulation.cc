// retry_simulation [--seeds N]: what each retry strategy brings in each scenario, as Markdown on stdout.
#include <charconv>
#include <initializer_list>
#include <iostream>
#include <string_view>

#include "bench/results_table.h"

using namespace telephony::bench;

namespace {

/// How many seeds are asked for; 0 when the arguments make no sense.
int seeds_of(int count, char** arguments) {
  if (count == 1) return 30;
  if (count != 3 || std::string_view(arguments[1]) != "--seeds") return 0;
  const std::string_view text = arguments[2];
  int seeds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seeds);
  return error == std::errc() && end == text.data() + text.size() && seeds > 1 ? seeds : 0;
}

Results run(const Scenario& scenario, int seeds, std::initializer_list<Strategy> strategies) {
  Results results;
  for (const Strategy strategy : strategies)
    for (int seed = 1; seed <= seeds; ++seed) results[strategy].push_back(simulate(scenario, strategy, seed));
  return results;
}

}  // namespace

int main(int count, char** arguments) {
  const int seeds = seeds_of(count, arguments);
  if (seeds == 0) {
    std::cerr << "usage: retry_simulation [--seeds N], N at least 2\n";
    return 2;
  }
  std::string rows, comparison, hard;
  for (const Scenario& scenario : scenarios()) {
    const Results results = run(scenario, seeds, kStrategies);
    rows += results_rows(scenario, results);
    comparison += comparison_row(scenario, results);
  }
  for (const Scenario& scenario : hard_scenarios())
    hard += comparison_row(scenario, run(scenario, seeds, {Strategy::full_jitter, Strategy::hint}));
  std::cout << "The hint against full jitter, over " << seeds << " seeds:\n\n"
            << comparison_heading() << comparison
            << "\nThe same where callers, trunk or catalog are not what the model supposes:\n\n"
            << comparison_heading() << hard << "\nAll strategies:\n\n"
            << results_heading() << rows;
}
