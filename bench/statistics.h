// Means with their 95 % confidence intervals.
#pragma once

#include <span>

namespace telephony::bench {

struct Estimate {
  double mean = 0;
  double half_width = 0;  ///< of the interval, by Student's t
};

/// Of at least two values that do not depend on each other.
Estimate estimate(std::span<const double> values);

}  // namespace telephony::bench
