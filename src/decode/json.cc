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
      return slots.set_unreadable(slot);
    }
    case element_type::NULL_VALUE:
      return;
    default:
      return slots.set_unreadable(slot);
  }
}

}  // namespace

void read_json(simdjson::dom::element element, const FieldTree& fields, Slots& slots) {
  if (fields.slot) read_scalar(element, *fields.slot, slots);
  if (fields.children.empty()) return;
  if (element.is_object()) {
    const simdjson::dom::object object = element.get_object().value_unsafe();
    for (const auto [key, value] : object) {
      if (const FieldTree* child = fields.child(key)) read_json(value, *child, slots);
    }
  } else if (element.is_array()) {
    const simdjson::dom::array array = element.get_array().value_unsafe();
    std::size_t index = 0;
    for (const auto value : array) {
      if (const FieldTree* child = fields.child(std::to_string(index++))) read_json(value, *child, slots);
    }
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
