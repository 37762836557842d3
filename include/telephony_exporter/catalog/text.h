// Provider texts vary in case, spacing, numbers and "(...)" remarks; their normal form does not.
#pragma once

#include <string>
#include <string_view>

namespace telephony {

/// Lower-case words with single spaces between: ASCII letters lower-cased, bytes above 0x7f kept, a closed
/// "(...)" dropped, everything else a separator. "NO_ANSWER", "no-answer" and "No answer (30 s)" are equal.
std::string normal_text(std::string_view text);

/// The same, into a buffer that can be used again.
void normal_text(std::string_view text, std::string& out);

/// Without the white space around it.
inline std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace telephony
