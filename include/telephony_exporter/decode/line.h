// Log lines against literal patterns with captures. No regular expressions.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "telephony_exporter/catalog/line_reading.h"

namespace telephony {

/// What a line says; views into the line.
struct LineMatch {
  std::string_view kind;
  std::string_view code;
  std::string_view text;
  std::string_view id;
  std::string_view account;
  std::string_view reason;     ///< a Reason header that stands for code and text
  std::string_view numbering;  ///< whose code it is; empty: the space's own
};

/// The first pattern that is found anywhere in the line, in the patterns' order.
std::optional<LineMatch> match_line(std::span<const LinePattern> patterns, std::string_view line);

}  // namespace telephony
