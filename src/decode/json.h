// JSON elements to slots, and the strings of what no rule reads.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decode/slots.h"
#include "telephony_exporter/decode/line.h"

namespace telephony {

/// Fills the slots of the fields that the tree knows; string values point into the parser's document.
void read_json(simdjson::dom::element element, const FieldTree& fields, Slots& slots);

/// The first line pattern that any string of the element holds, in document order.
std::optional<LineMatch> search_json(simdjson::dom::element element, std::span<const LinePattern> patterns);

/// The texts of a JSON array's elements; empty when the text is no valid array.
std::vector<std::string_view> array_elements(std::string_view text);

/// Where a text stops being JSON: "at line L, column C", of one line "at column C"; "at its end" when it is
/// cut short.
std::string json_error_position(std::string_view text, bool one_line);

}  // namespace telephony
