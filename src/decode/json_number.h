// Numbers of JSON (RFC 8259 section 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace telephony {

/// One of the three, or none of them for a whole number beyond 64 bits.
struct JsonNumber {
  std::string_view digits;  ///< a whole number, written as usual
  std::optional<std::int64_t>
      whole;  ///< the same, written otherwise: some senders write every number with a fraction
  std::optional<double> fraction;
};

/// Nullopt when the text is no number, or one beyond all that a double holds.
std::optional<JsonNumber> parse_json_number(std::string_view text);

}  // namespace telephony
