// Whether and when to try again, for a caller who meets a code now. Pure functions of what happened and the
// time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "telephony_exporter/catalog/entry.h"
#include "telephony_exporter/event/hint_state.h"

namespace telephony {

using Seconds = std::chrono::duration<double>;

/// A caller waits at least `after`; callers who ask together are spread evenly over `spread` more.
struct Hint {
  bool allowed = false;
  Seconds after{0};  ///< meaningful when allowed; never 0 for backoff
  Seconds spread{0};
  Seconds wait(double share) const { return after + spread * share; }  ///< of one caller; share in [0, 1)
};

/// What is known of the channels that a capacity code is about; 0 is unknown.
struct TrunkView {
  double busy_calls = 0;
  double limit_calls = 0;
  double mean_holding_seconds = 0;
};

/// The catalog's advice alone.
Hint rest_hint(const Retry& retry);

// The model and its sources are in docs/retry-hints.md. A clock that was set back counts as no time at all; a
// state with numbers that make no sense is taken for the nearest one that does.

/// So many callers were refused at one moment. The time since the last event counts as failing: the level
/// rises by 1 for each wait of it, however many callers report. `asked` is the provider's own Retry-After,
/// believed up to the catalog's max. Only backoff grows; other classes keep what was asked for, and those
/// that allow no retry keep nothing.
HintState after_failure(HintState state, const Retry& retry, WallTime now,
                        std::optional<std::chrono::seconds> asked, std::uint32_t callers = 1);

/// A session of the same account went well. The time since the last event counts as good: the level falls.
/// Back at rest, the state is HintState().
HintState after_success(HintState state, const Retry& retry, WallTime now);

/// What to tell a caller now. A wait that the provider asked for wins. `trunk` is given for codes of category
/// capacity; when its holding time and either count are known, the wait follows the channels that free.
/// For backoff, after + spread is at most the catalog's max.
Hint hint_now(const HintState& state, const Retry& retry, WallTime now, const TrunkView& trunk = {});

}  // namespace telephony
