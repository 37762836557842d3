// Who calls in a scenario, and when: the same callers for each strategy.
#pragma once

#include <vector>

#include "bench/luck.h"
#include "bench/simulation.h"

namespace telephony::bench {

struct Caller {
  double arrives = 0;
  double leaves = 0;  ///< unless connected
  double holding = 0;
  int attempts = 0;
  double connected = -1;
};

/// In the order of their arrival.
std::vector<Caller> arrivals(const Scenario& scenario, const Luck& luck);

}  // namespace telephony::bench
