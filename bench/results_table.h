// The results of the simulation as Markdown, for docs/retry-hints.md.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/simulation.h"

namespace telephony::bench {

/// Of one scenario: a result for each seed, in the same order for each strategy.
using Results = std::map<Strategy, std::vector<Result>>;

std::string results_heading();
/// One row a strategy.
std::string results_rows(const Scenario& scenario, const Results& results);

std::string comparison_heading();
/// The hint against full jitter, seed by seed, and whether it reaches the goal.
std::string comparison_row(const Scenario& scenario, const Results& results);

}  // namespace telephony::bench
