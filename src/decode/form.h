// application/x-www-form-urlencoded (WHATWG URL, section 5.1) as a flat record.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "decode/slots.h"

namespace telephony {

/// Fills the slots of the fields that the tree knows; values point into `decoded`. Returns the byte position
/// of the first bad percent-encoding, if there is one.
std::optional<std::size_t> read_form(std::string_view body, const FieldTree& fields, Slots& slots,
                                     std::string& decoded);

}  // namespace telephony
