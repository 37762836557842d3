#include "telephony_exporter/hint/hint.h"

#include <algorithm>
#include <cmath>

namespace telephony {
namespace {

constexpr double kLongestPart = 0.2;      ///< of the catalog's max: `after` at its highest
constexpr double kSpreadPart = 0.75;      ///< of `after`: what is added for spreading
constexpr double kSuccessWeight = 0.75;   ///< a success takes back this part of what a failure adds
constexpr double kWaitingPart = 0.25;     ///< of max: after it, e^-1 of those refused still count as waiting
constexpr double kGapsEach = 2;           ///< gaps of spread for each who waits: one returns for each channel
constexpr double kReturnsPerSecond = 50;  ///< of callers, at most, to a provider that fails
constexpr double kMostWaiting = 1e6;      ///< callers
constexpr std::chrono::seconds kMostAsked{600};  ///< where the catalog has no max

/// 0 where the clock was set back. In floating point, since a time that was read from a file may be any.
double seconds_since(WallTime then, WallTime now) {
  return std::max(0.0, Seconds(now.time_since_epoch()).count() - Seconds(then.time_since_epoch()).count());
}

bool at_rest(const HintState& state) { return state == HintState(); }

double base_of(const Retry& retry) { return std::max(1.0, Seconds(retry.base).count()); }

double max_of(const Retry& retry) { return std::max(base_of(retry), Seconds(retry.max).count()); }

double after_at(const Retry& retry, double level) { return base_of(retry) * std::exp2(level); }

double longest(double after) { return after * (1 + kSpreadPart); }

/// Between 0 and `most`; what is no number is 0.
double bounded(double value, double most) { return value > 0 ? std::min(value, most) : 0; }

double most_level(const Retry& retry) {
  return bounded(std::log2(kLongestPart * max_of(retry) / base_of(retry)), 64);
}

std::chrono::seconds longest_asked(const Retry& retry) {
  return retry.max > std::chrono::seconds(0) ? retry.max : kMostAsked;
}

/// What is left of it at `now`. Those who came back during a silence of more than the longest wait got
/// through.
HintState faded(HintState state, const Retry& retry, double most, WallTime now) {
  const double elapsed = seconds_since(state.changed, now);
  state.level = bounded(state.level, most);
  const double after = after_at(retry, state.level);
  const double silence = std::max(0.0, elapsed - longest(after));
  state.level = bounded(state.level - silence / after, most);
  state.waiting = bounded(state.waiting, kMostWaiting) * std::exp(-elapsed / (kWaitingPart * max_of(retry)));
  return state;
}

/// The time since the last event, in waits: what the event that ends it is worth. At rest there was none.
double waits_since(const HintState& state, const Retry& retry, double most, WallTime now) {
  if (state.changed == WallTime()) return 0;
  const double after = after_at(retry, bounded(state.level, most));
  return std::min(seconds_since(state.changed, now), longest(after)) / after;
}

/// One caller who waits returns for each channel that frees, every `gap` seconds.
Hint trunk_hint(const HintState& state, const Retry& retry, double gap) {
  const double max = max_of(retry);
  const double after = std::clamp(gap, 1.0, max);
  const double spread = std::max(base_of(retry), kGapsEach * gap * state.waiting);
  return {true, Seconds(after), Seconds(std::min(spread, max - after))};
}

Hint outage_hint(const HintState& state, const Retry& retry) {
  const double after = after_at(retry, state.level);
  const double spread = std::max(after * kSpreadPart, state.waiting / kReturnsPerSecond);
  return {true, Seconds(after), Seconds(std::min(spread, std::max(0.0, max_of(retry) - after)))};
}

/// Seconds from one channel that frees to the next; 0 is unknown.
double gap_of(const TrunkView& trunk) {
  const double channels = trunk.busy_calls > 0 ? trunk.busy_calls : trunk.limit_calls;
  const double gap = trunk.mean_holding_seconds / channels;
  return channels > 0 && gap > 0 && std::isfinite(gap) ? gap : 0;
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
                        std::optional<std::chrono::seconds> asked, std::uint32_t callers) {
  if (!rest_hint(retry).allowed) return {};
  const auto more_waiting = [&] { return std::min(state.waiting + callers, kMostWaiting); };
  // At the moment of the last event nothing has faded since, and no time was spent failing.
  if (retry.kind == RetryClass::backoff && state.changed == now && !at_rest(state) && !asked) {
    state.waiting = more_waiting();
    return state;
  }
  const double most = most_level(retry);
  const double waits = waits_since(state, retry, most, now);
  state = faded(state, retry, most, now);
  if (retry.kind == RetryClass::backoff) {
    state.level = bounded(state.level + waits, most);
    state.waiting = more_waiting();
  }
  if (asked) state.not_before = now + std::clamp(*asked, std::chrono::seconds(0), longest_asked(retry));
  state.changed = now;
  return retry.kind == RetryClass::backoff || state.not_before > now ? state : HintState();
}

HintState after_success(HintState state, const Retry& retry, WallTime now) {
  const double most = most_level(retry);
  const double waits = waits_since(state, retry, most, now);
  state = faded(state, retry, most, now);
  state.level = bounded(state.level - kSuccessWeight * waits, most);
  state.changed = now;
  const bool rests = state.level == 0 && state.waiting < 0.5 && state.not_before <= now;
  return rests ? HintState() : state;
}

Hint hint_now(const HintState& kept, const Retry& retry, WallTime now, const TrunkView& trunk) {
  Hint hint = rest_hint(retry);
  if (!hint.allowed) return hint;
  if (retry.kind == RetryClass::backoff) {
    const HintState state = faded(kept, retry, most_level(retry), now);
    const double gap = gap_of(trunk);
    hint = gap > 0 ? trunk_hint(state, retry, gap) : outage_hint(state, retry);
  }
  if (kept.not_before <= now) return hint;
  hint.after = std::min<Seconds>(kept.not_before - now, longest_asked(retry));
  hint.spread = std::max(hint.spread, hint.after * 0.1);
  return hint;
}

}  // namespace telephony
