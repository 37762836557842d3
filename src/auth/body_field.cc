#include "auth/body_field.h"

#include <simdjson.h>

#include "auth/parameters.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony::auth {
namespace {

using simdjson::dom::element;

enum class Found : std::uint8_t { nothing, text, ambiguous };

/// Keys are compared as events are read: without regard to case.
Found find_in_form(const Parameters& form, std::string_view name, std::string& text) {
  Found found = Found::nothing;
  for (const auto& [key, value] : form) {
    if (!equal_ignoring_case(key, name)) continue;
    if (found != Found::nothing) return Found::ambiguous;
    found = Found::text;
    text = value;
  }
  return text.empty() && found == Found::text ? Found::nothing : found;
}

Found find_in_json(element at, std::span<const std::string> path, std::string& text) {
  if (at.is_null()) return Found::nothing;
  if (path.empty()) {
    if (!at.is_string()) return Found::ambiguous;
    text = std::string_view(at.get_string().value_unsafe());
    return text.empty() ? Found::nothing : Found::text;
  }
  if (!at.is_object()) return Found::nothing;
  std::optional<element> child;
  const simdjson::dom::object object = at.get_object().value_unsafe();
  for (const auto [key, value] : object) {
    if (!equal_ignoring_case(key, path.front())) continue;
    if (child) return Found::ambiguous;
    child = value;
  }
  return child ? find_in_json(*child, path.subspan(1), text) : Found::nothing;
}

template <typename Find>
std::optional<std::string> first_of(const SignedField& field, Find find) {
  for (const FieldPath& path : field.alternatives) {
    std::string text;
    const Found found = find(path, text);
    if (found == Found::text) return text;
    if (found == Found::ambiguous) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> text_of(const SignedField& field, BodyFormat format, std::string_view body) {
  if (format == BodyFormat::form) {
    const Parameters form = sorted_parameters(body);
    return first_of(field, [&](const FieldPath& path, std::string& text) {
      return path.segments.size() == 1 ? find_in_form(form, path.segments.front(), text) : Found::nothing;
    });
  }
  if (format != BodyFormat::json) return std::nullopt;
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  return first_of(field, [&](const FieldPath& path, std::string& text) {
    return find_in_json(root, path.segments, text);
  });
}

}  // namespace telephony::auth
