#include <algorithm>

#include "telephony_exporter/catalog/code_space.h"

namespace telephony {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<CodePattern> CodePattern::parse(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty()) return std::nullopt;
  const auto allowed = [](char c) { return is_digit(c) || c == 'x'; };
  if (!std::all_of(digits.begin(), digits.end(), allowed)) return std::nullopt;
  CodePattern pattern;
  pattern.text_ = text;
  pattern.literals_ = static_cast<std::size_t>(std::count_if(digits.begin(), digits.end(), is_digit));
  return pattern;
}

bool CodePattern::matches(std::string_view code) const {
  return std::equal(text_.begin(), text_.end(), code.begin(), code.end(),
                    [](char pattern, char c) { return pattern == 'x' ? is_digit(c) : pattern == c; });
}

bool CodePattern::overlaps(const CodePattern& other) const {
  return std::equal(text_.begin(), text_.end(), other.text_.begin(), other.text_.end(), [](char a, char b) {
    return a == b || (a == 'x' && is_digit(b)) || (b == 'x' && is_digit(a));
  });
}

}  // namespace telephony
