#include "decode/json_number.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>

namespace telephony {
namespace {

/// So many digits always fit into 64 bits.
constexpr std::size_t kSurelyWhole = 18;
/// Up to here a double tells whole numbers apart.
constexpr double kMostWhole = 1e15;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// How many digits a text begins with.
std::size_t digits_of(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  return n;
}

/// Takes a fraction or an exponent without its first character off the front; false without a digit in it.
bool take_digits(std::string_view& rest) {
  const std::size_t digits = digits_of(rest);
  rest.remove_prefix(digits);
  return digits > 0;
}

bool is_fraction(std::string_view rest) {
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (!take_digits(rest)) return false;
  }
  if (rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
    if (!take_digits(rest)) return false;
  }
  return rest.empty();
}

std::optional<JsonNumber> whole_number(std::string_view text) {
  if (text.size() <= kSurelyWhole && text != "-0") return JsonNumber{text, {}, {}};
  std::int64_t value = 0;
  const bool fits = std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
  return fits ? JsonNumber{{}, value, {}} : JsonNumber{};
}

}  // namespace

std::optional<JsonNumber> parse_json_number(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with('-')) rest.remove_prefix(1);
  const std::size_t digits = digits_of(rest);
  if (digits == 0 || (digits > 1 && rest.front() == '0')) return std::nullopt;
  rest.remove_prefix(digits);
  if (rest.empty()) return whole_number(text);
  if (!is_fraction(rest)) return std::nullopt;
  double value = 0;
  const auto error = std::from_chars(text.data(), text.data() + text.size(), value).ec;
  // The standard's function does not say whether a number is too large or too small.
  if (error != std::errc{}) value = simdjson::internal::from_chars(text.data(), text.data() + text.size());
  if (!std::isfinite(value)) return std::nullopt;
  if (std::abs(value) < kMostWhole && value == std::trunc(value)) {
    return JsonNumber{{}, static_cast<std::int64_t>(value), {}};
  }
  return JsonNumber{{}, {}, value};
}

}  // namespace telephony
