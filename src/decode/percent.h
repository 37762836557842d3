// Percent-encoding (RFC 3986 section 2.1).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telephony {

/// Appends the decoded text; where a "%" is not followed by two digits, its position is returned. In a form a
/// "+" is a space.
std::optional<std::size_t> percent_decode(std::string_view text, bool form, std::string& out);

}  // namespace telephony
