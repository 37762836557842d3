// Bytes as text and back: hex, and base64 (RFC 4648). Decoding is strict: one text for each value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace telephony {

std::string to_hex(std::string_view bytes);        ///< lower case
std::string to_base64(std::string_view bytes);     ///< with padding
std::string to_base64url(std::string_view bytes);  ///< without padding

// Nothing when the text is not what the function above writes.
std::optional<std::string> from_hex(std::string_view text);
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace telephony
