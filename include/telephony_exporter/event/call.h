// What events say of calls besides how they ended: that one is under way, how long it took, how it sounded.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// Where a call stands. Reports come in any order, more than once or never; views as those of Event.
struct CallReport {
  std::string_view session;  ///< what all legs of one session share; never empty
  std::string_view leg;      ///< one channel of it; empty: the session with all its legs
  bool over = false;         ///< it has ended, and nothing that is told of it later opens it again
};

/// What an event may tell of a call; a closed set, and the `field` label of what could not be believed.
enum class CallField : std::uint8_t { duration, setup, mos, loss, jitter, occurred };
inline constexpr std::size_t kCallFields = 6;
using CallFields = std::bitset<kCallFields>;
std::string_view name(CallField field);

/// One leg as its provider measured it.
struct CallMeasures {
  std::optional<double> duration_seconds;  ///< connected
  std::optional<double> setup_seconds;     ///< from initiated to connected
  std::optional<double> mos;               ///< mean opinion score, 1 to 5
  std::optional<double> loss_ratio;        ///< of packets, 0 to 1
  std::optional<double> jitter_seconds;
  bool operator==(const CallMeasures&) const = default;
};

}  // namespace telephony
