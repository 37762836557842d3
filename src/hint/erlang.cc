#include "telephony_exporter/hint/erlang.h"

namespace telephony {
namespace {

/// B(0) = 1, B(n) = A B(n-1) / (n + A B(n-1)).
double one_more(double erlangs, std::uint32_t channels, double blocking) {
  return erlangs * blocking / (channels + erlangs * blocking);
}

}  // namespace

double erlang_b(double erlangs, std::uint32_t channels) {
  double blocking = 1;
  for (std::uint32_t n = 1; n <= channels; ++n) blocking = one_more(erlangs, n, blocking);
  return blocking;
}

std::uint32_t channels_for(double erlangs, double target_blocking) {
  if (!(erlangs > 0)) return 0;
  std::uint32_t channels = 0;
  for (double blocking = 1; blocking > target_blocking;) {
    ++channels;
    blocking = one_more(erlangs, channels, blocking);
  }
  return channels;
}

double offered_erlangs(double carried, double blocking) { return carried / (1 - blocking); }

}  // namespace telephony
