// Whether and when to try again, for a caller who meets a code now. Pure functions of what happened and the
// time.
#pragma once

#include <chrono>
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

/// A caller was refused. `asked` is the provider's own Retry-After.
HintState after_failure(HintState state, const Retry& retry, WallTime now,
                        std::optional<std::chrono::seconds> asked);

/// A session of the same account went well. Back at rest, the state is HintState().
HintState after_success(HintState state, const Retry& retry, WallTime now);

/// What to tell a caller now. `trunk` is given for codes of category capacity.
Hint hint_now(const HintState& state, const Retry& retry, WallTime now, const TrunkView& trunk = {});

}  // namespace telephony
