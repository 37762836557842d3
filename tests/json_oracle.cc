#include "json_oracle.h"

#include <cmath>

#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

void read_scalar(element value, Slot slot, Slots& slots) {
  switch (value.type()) {
    case element_type::STRING:
      return slots.set(slot, value.get_string().value_unsafe());
    case element_type::INT64:
      return slots.set_number(slot, value.get_int64().value_unsafe());
    case element_type::DOUBLE: {
      const double number = value.get_double().value_unsafe();
      if (std::abs(number) < 1e15 && number == std::trunc(number)) {
        return slots.set_number(slot, static_cast<std::int64_t>(number));
      }
      return slots.set_fraction(slot, number);
    }
    case element_type::NULL_VALUE:
      return;
    default:
      return slots.set_unreadable(slot);
  }
}

void read(element value, const FieldTree& fields, Slots& slots);

void read_below(std::string_view key, element value, const FieldTree& fields, Slots& slots) {
  for (const FieldTree& child : fields.children) {
    if (child.key == "*" || equal_ignoring_case(child.key, key)) read(value, child, slots);
  }
}

void read(element value, const FieldTree& fields, Slots& slots) {
  if (fields.slot) read_scalar(value, *fields.slot, slots);
  if (value.is_object()) {
    const object members = value.get_object().value_unsafe();
    for (const auto [key, item] : members) read_below(key, item, fields, slots);
  } else if (value.is_array()) {
    std::size_t index = 0;
    const array items = value.get_array().value_unsafe();
    for (const auto item : items) {
      read_below(std::to_string(index++), item, fields, slots);
    }
  }
}

std::optional<LineMatch> search(element value, std::span<const LinePattern> patterns) {
  if (value.is_string()) return match_line(patterns, value.get_string().value_unsafe());
  if (value.is_object()) {
    const object members = value.get_object().value_unsafe();
    for (const auto field : members) {
      if (const auto match = search(field.value, patterns)) return match;
    }
  } else if (value.is_array()) {
    const array items = value.get_array().value_unsafe();
    for (const auto item : items) {
      if (const auto match = search(item, patterns)) return match;
    }
  }
  return std::nullopt;
}

}  // namespace

void JsonOracle::decode(const Source& source, std::string_view body, const Visit& visit) {
  source_ = &source;
  visit_ = &visit;
  parser_ = simdjson::dom::parser();
  element root;
  simdjson::error_code error = parser_.allocate(body.size() + 1, limits::kJsonDepth);
  if (!error) error = body.empty() ? simdjson::EMPTY : parser_.parse(body.data(), body.size()).get(root);
  if (!error) return roots(root);
  visit(Reject{error == simdjson::DEPTH_ERROR ? RejectCause::too_deep : RejectCause::malformed, 0, ""});
}

void JsonOracle::roots(element root) {
  array items;
  if (root.get(items) != simdjson::SUCCESS) return root_object(root);
  for (const element item : items) root_object(item);
}

void JsonOracle::root_object(element root) {
  if (!root.is_object()) return (*visit_)(Reject{});
  for (const std::string& pointer : source_->catalog->reading.records) {
    array items;
    if (root.at_pointer(pointer).get(items) != simdjson::SUCCESS) continue;
    for (const element item : items) record(item);
    return;
  }
  record(root);
}

void JsonOracle::record(element value) {
  const Reading& reading = source_->catalog->reading;
  slots_.clear();
  read(value, reading.fields, slots_);
  if (const EventRule* rule = find_rule(*source_, slots_)) {
    return (*visit_)(apply_rule(*rule, *source_, slots_, scratch_));
  }
  auto match = search(value, reading.lines);
  if (!match) {
    text_ = simdjson::minify(value);
    match = match_line(reading.lines, text_);
  }
  if (match) return (*visit_)(line_event(*match, *source_, scratch_));
  (*visit_)(Ignored{});
}

}  // namespace telephony
