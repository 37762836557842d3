#include "decode/form.h"

#include <algorithm>

#include "decode/percent.h"

namespace telephony {
namespace {

/// Appends the decoded text and returns it; nullopt, with `bad` set, where a "%" is not followed by two
/// digits.
std::optional<std::string_view> decode(std::string_view text, std::string& out, std::size_t& bad) {
  const std::size_t start = out.size();
  if (const auto at = percent_decode(text, true, out)) {
    bad = *at;
    return std::nullopt;
  }
  return std::string_view(out).substr(start);
}

bool holds_record(std::string_view key, const Reading& reading) {
  return std::any_of(reading.records.begin(), reading.records.end(), [key](const std::string& pointer) {
    return std::string_view(pointer).substr(1) == key;
  });
}

}  // namespace

Form read_form(std::string_view body, const Reading& reading, Slots& slots, std::string& decoded) {
  Form form;
  decoded.clear();
  decoded.reserve(body.size());  // so that views into it stay valid: decoding never makes a text longer
  std::size_t at = 0;
  while (at < body.size()) {
    const std::size_t end = std::min(body.find('&', at), body.size());
    const std::string_view pair = body.substr(at, end - at);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::size_t bad = 0;
    const auto key = decode(pair.substr(0, equals), decoded, bad);
    if (!key) return {at + bad, {}};
    const std::size_t value_at = std::min(equals + 1, pair.size());
    const auto value = decode(pair.substr(value_at), decoded, bad);
    if (!value) return {at + value_at + bad, {}};
    const FieldTree* field = reading.fields.child(*key);
    if (field != nullptr && field->slot) slots.set(*field->slot, *value);
    if (holds_record(*key, reading)) form.document = *value;
    at = end + 1;
  }
  return form;
}

}  // namespace telephony
