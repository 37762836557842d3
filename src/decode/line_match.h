// Lines of which it is known where the signs may stand.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "decode/line_scan.h"
#include "telephony_exporter/decode/line.h"

namespace telephony {

/// Patterns whose first literal, the same for all of them, stands in a line.
struct Stand {
  std::span<const LinePattern> patterns;
  std::string_view rest;  ///< of the line, behind the literal
  char quote = '\0';      ///< that stands before the literal
};

/// What the first of the patterns makes of the line that can; nullopt when the rest has the shape of none.
std::optional<LineMatch> match_stand(const Stand& stand);

/// Calls `read(stand)` for each of them in the patterns' order until it returns true, and says whether it
/// did. The line is not too long.
template <typename Read>
bool any_stand(std::span<const LinePattern> patterns, std::string_view line, Hits hits, Read&& read);

/// Whether the sign stands where the hit says.
bool stands_at(const Sign& sign, std::string_view line, std::uint32_t hit);

/// Whether one of the signs stands in the line.
bool has_sign(std::span<const Sign> signs, std::string_view line, Hits hits);

/// Of patterns whose first literal begins at `start`.
Stand stand_at(std::span<const LinePattern> patterns, std::string_view line, std::size_t start);

template <typename Read>
bool any_stand(std::span<const LinePattern> patterns, std::string_view line, Hits hits, Read&& read) {
  while (!patterns.empty()) {
    // Where a literal may stand several times, the first pattern is tried at all places before the next one.
    const auto run = patterns.first(hits.at.size() == 1 ? patterns.front().run : 1);
    patterns = patterns.subspan(run.size());
    const Sign& sign = run.front().sign;
    if ((sign.bit & hits.needles) == 0) continue;
    for (const std::uint32_t hit : hits.at) {
      if (stands_at(sign, line, hit) && read(stand_at(run, line, hit - sign.needle))) return true;
    }
  }
  return false;
}

}  // namespace telephony
