#include "telephony_exporter/hint/erlang.h"

#include <cmath>

namespace telephony {
namespace {

bool is_traffic(double erlangs) { return std::isfinite(erlangs) && erlangs >= 0; }

/// B(A, N) from B(A, N - 1): a sum and a product of positive numbers at most, so nothing cancels or
/// overflows.
double one_more_channel(double blocking, double offered, double channels) {
  return offered * blocking / (channels + offered * blocking);
}

}  // namespace

std::optional<double> erlang_b(double offered, std::uint32_t channels) {
  if (!is_traffic(offered) || channels > kMostChannels) return std::nullopt;
  double blocking = 1;
  for (std::uint32_t n = 1; n <= channels && blocking > 0; ++n)
    blocking = one_more_channel(blocking, offered, n);
  return blocking;
}

std::optional<std::uint32_t> channels_for(double offered, double target) {
  if (!is_traffic(offered) || !(target > 0 && target <= 1)) return std::nullopt;
  if (offered == 0) return 0;
  double blocking = 1;
  for (std::uint32_t n = 0; n <= kMostChannels; ++n) {
    if (n > 0) blocking = one_more_channel(blocking, offered, n);
    if (blocking <= target) return n;
  }
  return std::nullopt;
}

std::optional<double> offered_traffic(double carried, double blocking) {
  if (!is_traffic(carried) || !(blocking >= 0 && blocking < 1)) return std::nullopt;
  const double offered = carried / (1 - blocking);
  if (!std::isfinite(offered)) return std::nullopt;
  return offered;
}

}  // namespace telephony
