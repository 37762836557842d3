// What is wrong with texts that are no JSON, and what of them can be read all the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telephony {

/// The texts of a JSON array's elements; empty when the text is no valid array.
std::vector<std::string_view> array_elements(std::string_view text);

/// Where a text stops being JSON: "at line L, column C", of one line "at column C"; "at its end" when it is
/// cut short.
std::string json_error_position(std::string_view text, bool one_line);

}  // namespace telephony
