// Points in time as senders write them. What is no such time, or before 2000 or after 2199, is none.
#pragma once

#include <optional>
#include <string_view>

#include "telephony_exporter/catalog/call_reading.h"
#include "telephony_exporter/event/posting.h"

namespace telephony {

/// RFC 3339, with or without fractions; "+0000" is an offset, too, and a local time has none. RFC 2822. Or a
/// number since 1970.
std::optional<WallTime> parse_time(std::string_view text, TimeField::As as);

/// A finite decimal number, and nothing else.
std::optional<double> parse_number(std::string_view text);

}  // namespace telephony
