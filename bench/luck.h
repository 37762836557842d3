// Chance that depends on who asks and not on when, so that strategies can be compared with the same callers.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace telephony::bench {

/// Where a number is used; each use of one caller has its own.
enum class Use : std::uint64_t { arrival, patience, holding, angle, share, outage };

/// SplitMix64's mixing of the bits.
inline std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

class Luck {
 public:
  explicit Luck(std::uint64_t seed) : seed_(mixed(seed)) {}

  /// Evenly in [0, 1).
  double share(Use use, std::uint64_t caller, std::uint64_t attempt = 0) const {
    const std::uint64_t who = mixed(seed_ ^ mixed(caller * 16 + static_cast<std::uint64_t>(use)));
    return static_cast<double>(mixed(who + attempt) >> 11) * 0x1p-53;
  }

  double exponential(Use use, std::uint64_t caller, double mean) const {
    return -mean * std::log1p(-share(use, caller));
  }

  /// With the given mean; `sigma` is the deviation of the logarithm.
  double log_normal(std::uint64_t caller, double mean, double sigma) const {
    const double radius = std::sqrt(2 * exponential(Use::holding, caller, 1));
    const double normal = radius * std::cos(2 * std::numbers::pi * share(Use::angle, caller));
    return mean * std::exp(sigma * normal - sigma * sigma / 2);
  }

 private:
  std::uint64_t seed_;
};

}  // namespace telephony::bench
