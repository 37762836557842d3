// What a retry hint remembers: numbers that the journal keeps and the room `hint` understands.
#pragma once

#include <string>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// Of one code of one account. All zero at rest, where it need not be kept.
struct HintState {
  double level = 0;     ///< how often the wait has doubled: the catalog's base times 2^level, as of `changed`
  double waiting = 0;   ///< callers who were refused, each fading from 1 to 0 in time, as of `changed`
  WallTime changed;     ///< the last refusal or success; the epoch at rest
  WallTime not_before;  ///< what the provider itself asked for last, or the epoch
  bool operator==(const HintState&) const = default;
};

/// A state and whose it is, as a journal keeps it.
struct KeptHint {
  SeriesId series = 0;
  std::string account;  ///< as counted; empty: of events that name none
  HintState state;      ///< HintState(): at rest, and kept no more
};

}  // namespace telephony
