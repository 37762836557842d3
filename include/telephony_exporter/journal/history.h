// What a journal remembers of the counters, by the numbers of its own table of series.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "telephony_exporter/config/series.h"
#include "telephony_exporter/event/hint_state.h"
#include "telephony_exporter/event/posting.h"

namespace telephony {

struct History {
  struct Errors {
    SeriesId series = 0;
    std::string account;  ///< empty: of events that name none
    std::uint64_t count = 0;
    WallTime created;  ///< when the first of them came
    WallTime last_seen;
  };
  struct Sessions {
    StreamId stream = 0;
    std::string account;
    std::uint8_t outcome = 0;
    std::uint64_t count = 0;
    WallTime created;
  };

  SeriesTable table;
  std::vector<Errors> errors;
  std::vector<Sessions> sessions;
  std::vector<FilePosition> positions;
  std::vector<KeptHint> hints;
};

}  // namespace telephony
