// What an event tells of a call besides how it ended: which fields say it, and in which units. Data, no
// action.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "telephony_exporter/catalog/line_reading.h"

namespace telephony {

/// Where a point in time stands, and how it is written.
struct TimeField {
  enum class As : std::uint8_t {
    rfc3339,  ///< with an offset
    local,    ///< a date and a time of an unknown zone: good for differences only
    rfc2822,
    epoch_seconds,  ///< since 1970; 0: there is none
    epoch_milliseconds,
    epoch_microseconds,
  };
  Slot slot = 0;
  As as = As::rfc3339;
};

/// Where a number stands, and how many of its units are a second or the whole.
struct QuantityField {
  Slot slot = 0;
  double units = 1;
};

/// Where one leg's measures stand. Alternatives: the first that is there wins.
struct LegRule {
  std::vector<TimeField> initiated;
  std::vector<TimeField> connected;
  std::vector<TimeField> disconnected;
  std::vector<QuantityField> duration;
  std::vector<QuantityField> setup;
  std::vector<QuantityField> mos;
  std::vector<QuantityField> loss;
  std::vector<QuantityField> jitter;
  std::uint64_t slots = 0;  ///< a bit for each slot of these
};

/// Which call an event is about, and whether that is over.
struct CallRule {
  std::vector<Slot> session;
  std::vector<Slot> leg;
  std::vector<Slot> status;            ///< empty: the event's own status tells, or else the call is over
  std::vector<std::string> under_way;  ///< words in their normal form
  std::vector<std::string> over;
};

}  // namespace telephony
