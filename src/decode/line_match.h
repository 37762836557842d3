// Lines of which it is known where the signs may stand.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "decode/line_scan.h"
#include "telephony_exporter/decode/line.h"

namespace telephony {

/// What match_line says of the line, which is not too long; only where the hits allow it is it compared.
std::optional<LineMatch> match_line(std::span<const LinePattern> patterns, std::string_view line, Hits hits);

/// Whether one of the signs stands in the line.
bool has_sign(std::span<const Sign> signs, std::string_view line, Hits hits);

}  // namespace telephony
