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
std::string_view trimmed(std::string_view text);

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace telephony
