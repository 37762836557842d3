#include "telephony_exporter/hint/hint.h"

#include <algorithm>
#include <cmath>

namespace telephony {
namespace {

constexpr double kMostLevel = 32;

bool waits(const Retry& retry) {
  return retry.kind == RetryClass::backoff || retry.kind == RetryClass::later;
}

}  // namespace

Hint rest_hint(const Retry& retry) {
  switch (retry.kind) {
    case RetryClass::never:
    case RetryClass::after_fix:
      return {};
    case RetryClass::immediate:
      return {true};
    case RetryClass::backoff:
    case RetryClass::later:
      return {true, std::max(retry.base, std::chrono::seconds(1))};
  }
  return {};
}

HintState after_failure(HintState state, const Retry& retry, WallTime now,
                        std::optional<std::chrono::seconds> asked) {
  if (waits(retry)) state.level = std::min(state.level + 1, kMostLevel);
  if (asked) state.not_before = std::max(state.not_before, now + std::min(*asked, retry.max));
  state.changed = now;
  return state;
}

HintState after_success(HintState state, const Retry&, WallTime now) {
  state.level = std::max(0.0, state.level - 1);
  state.changed = now;
  return state.level == 0 ? HintState() : state;
}

Hint hint_now(const HintState& state, const Retry& retry, WallTime now, const TrunkView&) {
  Hint hint = rest_hint(retry);
  if (!waits(retry)) return hint;
  hint.after = std::min<Seconds>(hint.after * std::exp2(std::max(0.0, state.level - 1)), retry.max);
  hint.after = std::max<Seconds>(hint.after, state.not_before - now);
  return hint;
}

}  // namespace telephony
