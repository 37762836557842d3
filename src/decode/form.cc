#include "decode/form.h"

#include <algorithm>

namespace telephony {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Appends the decoded text and returns it; nullopt, with `bad` set, where a "%" is not followed by two
/// digits.
std::optional<std::string_view> percent_decode(std::string_view text, std::string& out, std::size_t& bad) {
  const std::size_t start = out.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0) {
      bad = i;
      return std::nullopt;
    }
    out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
    i += 2;
  }
  return std::string_view(out).substr(start);
}

}  // namespace

std::optional<std::size_t> read_form(std::string_view body, const FieldTree& fields, Slots& slots,
                                     std::string& decoded) {
  decoded.clear();
  decoded.reserve(body.size());  // so that views into it stay valid: decoding never makes a text longer
  std::size_t at = 0;
  while (at < body.size()) {
    const std::size_t end = std::min(body.find('&', at), body.size());
    const std::string_view pair = body.substr(at, end - at);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::size_t bad = 0;
    const auto key = percent_decode(pair.substr(0, equals), decoded, bad);
    if (!key) return at + bad;
    const std::size_t value_at = std::min(equals + 1, pair.size());
    const auto value = percent_decode(pair.substr(value_at), decoded, bad);
    if (!value) return at + value_at + bad;
    const FieldTree* field = fields.child(*key);
    if (field != nullptr && field->slot) slots.set(*field->slot, *value);
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace telephony
