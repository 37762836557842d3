// What a retry hint remembers: numbers that the journal keeps and the room `hint` understands.
#pragma once

#include <string>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// Of one code of one account. All zero at rest, where it need not be kept.
struct HintState {
  double level = 0;     ///< how far the wait has grown
  double waiting = 0;   ///< callers who were refused and are likely to come back
  WallTime changed;     ///< as of when
  WallTime not_before;  ///< what the provider itself asked for, or the epoch
  bool operator==(const HintState&) const = default;
};

/// A state and whose it is, as a journal keeps it.
struct KeptHint {
  SeriesId series = 0;
  std::string account;  ///< as counted; empty: of events that name none
  HintState state;      ///< HintState(): at rest, and kept no more
};

}  // namespace telephony
