// Lines of text that hold fields: pairs, logfmt, rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "decode/slots.h"

namespace telephony {

/// The part of the line in which the layout's fields stand; nullopt when the line has no such part.
std::optional<std::string_view> laid_out(const Layout& layout, std::string_view line);

/// Fills the slots from that part, unless it is JSON. False when it does not have the layout's shape. Values
/// point into the text or into `buffer`.
bool read_layout(const Layout& layout, std::string_view text, const FieldTree& fields, Slots& slots,
                 std::string& buffer);

/// The columns of a header row that are fields; empty when the row is no header.
Layout read_header(std::string_view row, const FieldTree& fields);

/// A row below such a header, which may have fewer cells or more.
void read_row(const Layout& header, std::string_view row, Slots& slots, std::string& buffer);

}  // namespace telephony
