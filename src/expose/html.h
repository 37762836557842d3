// HTML from forms: `{{name}}` stands for a value that is escaped, `{{!name}}` for one that is HTML already.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace telephony {

std::string escape_html(std::string_view text);

/// A name that has no value is left out.
std::string fill(std::string_view form,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> values);

}  // namespace telephony
