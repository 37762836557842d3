#include "decode/json.h"

#include <cmath>

namespace telephony {
namespace {

using simdjson::dom::element_type;

void read_scalar(simdjson::dom::element element, Slot slot, Slots& slots) {
  switch (element.type()) {
    case element_type::STRING:
      return slots.set(slot, element.get_string().value_unsafe());
    case element_type::INT64:
      return slots.set_number(slot, element.get_int64().value_unsafe());
    case element_type::DOUBLE: {
      // Some senders write every number with a fraction; -2010.0 is -2010.
      const double value = element.get_double().value_unsafe();
      if (std::abs(value) < 1e15 && value == std::trunc(value)) {
        return slots.set_number(slot, static_cast<std::int64_t>(value));
      }
      return slots.set_fraction(slot, value);
    }
    case element_type::NULL_VALUE:
      return;
    default:
      return slots.set_unreadable(slot);
  }
}

/// A key may be named by one location and stand for any key in another.
void read_below(std::string_view key, simdjson::dom::element value, const FieldTree& fields, Slots& slots) {
  for (const FieldTree& child : fields.children) {
    if (child.takes(key)) read_json(value, child, slots);
  }
}

}  // namespace

void read_json(simdjson::dom::element element, const FieldTree& fields, Slots& slots) {
  if (fields.slot) read_scalar(element, *fields.slot, slots);
  if (fields.children.empty()) return;
  if (element.is_object()) {
    const simdjson::dom::object object = element.get_object().value_unsafe();
    for (const auto [key, value] : object) read_below(key, value, fields, slots);
  } else if (element.is_array()) {
    const simdjson::dom::array array = element.get_array().value_unsafe();
    std::size_t index = 0;
    for (const auto value : array) read_below(std::to_string(index++), value, fields, slots);
  }
}

std::optional<LineMatch> search_json(simdjson::dom::element element, std::span<const LinePattern> patterns) {
  if (element.is_string()) return match_line(patterns, element.get_string().value_unsafe());
  if (element.is_object()) {
    const simdjson::dom::object object = element.get_object().value_unsafe();
    for (const auto field : object) {
      if (const auto match = search_json(field.value, patterns)) return match;
    }
  } else if (element.is_array()) {
    const simdjson::dom::array array = element.get_array().value_unsafe();
    for (const auto value : array) {
      if (const auto match = search_json(value, patterns)) return match;
    }
  }
  return std::nullopt;
}

}  // namespace telephony
