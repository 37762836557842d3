// application/x-www-form-urlencoded (WHATWG URL, section 5.1) as a flat record.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "decode/slots.h"

namespace telephony {

/// What a form turned out to be.
struct Form {
  std::optional<std::size_t> bad;  ///< the byte position of the first bad percent-encoding
  std::string_view document;       ///< the field that holds a record of its own
};

/// Fills the slots of the fields that the reading knows; values point into `decoded`.
Form read_form(std::string_view body, const Reading& reading, Slots& slots, std::string& decoded);

}  // namespace telephony
