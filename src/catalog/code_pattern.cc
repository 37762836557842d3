#include "telephony_exporter/catalog/code_pattern.h"

#include <algorithm>
#include <charconv>

namespace telephony {
namespace {

/// So that two patterns can be compared number by number.
constexpr std::uint32_t kLongestRange = 10'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Plain digits without leading zeros, as codes are written.
std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool plain = !text.empty() && is_digit(text[0]) && (text[0] != '0' || text.size() == 1);
  if (!plain || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<CodePattern> CodePattern::parse(std::string_view text) {
  CodePattern pattern;
  pattern.text_ = text;
  if (const std::size_t dash = text.find('-', 1); dash < text.size()) {
    const auto first = number_of(text.substr(0, dash));
    const auto last = number_of(text.substr(dash + 1));
    if (!first || !last || *last < *first || *last - *first >= kLongestRange) return std::nullopt;
    pattern.range_ = Range{*first, *last};
    return pattern;
  }
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty()) return std::nullopt;
  const auto allowed = [](char c) { return is_digit(c) || c == 'x'; };
  if (!std::all_of(digits.begin(), digits.end(), allowed)) return std::nullopt;
  pattern.literals_ = static_cast<std::size_t>(std::count_if(digits.begin(), digits.end(), is_digit));
  return pattern;
}

std::optional<CodePattern> CodePattern::shifted(std::uint32_t offset) const {
  if (range_) {
    const auto shift = [offset](std::uint32_t n) { return std::to_string(std::uint64_t{n} + offset); };
    return parse(shift(range_->first) + '-' + shift(range_->last));
  }
  // The digits of the offset can stand before the pattern only where it says nothing of them.
  std::uint64_t scale = 1;
  for (std::size_t i = 0; i < text_.size() && scale <= offset; ++i) scale *= 10;
  if (text_.starts_with('-') || offset % scale != 0) return std::nullopt;
  return parse(std::to_string(offset / scale) + text_);
}

bool CodePattern::matches(std::string_view code) const {
  if (range_) {
    const auto number = number_of(code);
    return number && *number >= range_->first && *number <= range_->last;
  }
  return std::equal(text_.begin(), text_.end(), code.begin(), code.end(),
                    [](char pattern, char c) { return pattern == 'x' ? is_digit(c) : pattern == c; });
}

bool CodePattern::overlaps(const CodePattern& other) const {
  if (!range_ && other.range_) return other.overlaps(*this);
  if (range_) {
    for (std::uint64_t n = range_->first; n <= range_->last; ++n) {
      if (other.matches(std::to_string(n))) return true;
    }
    return false;
  }
  return std::equal(text_.begin(), text_.end(), other.text_.begin(), other.text_.end(), [](char a, char b) {
    return a == b || (a == 'x' && is_digit(b)) || (b == 'x' && is_digit(a));
  });
}

}  // namespace telephony
