#include "decode/decoder_impl.h"
#include "decode/json_faults.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {

std::string Place::text() const {
  std::string text = in_form ? "the record in the form " : "";
  if (line != 0) text += "line " + std::to_string(line) + ' ';
  if (element != 0) text += "element " + std::to_string(element - 1) + ' ';
  return text;
}

std::optional<JsonFault> Decoder::Impl::parse(std::string_view text) {
  return json_.parse(text, source_->catalog->reading.steps, slots_);
}

/// A record of a known shape off the front of a text that ends with it, or a line that does. False when it
/// must be read in another way.
bool Decoder::Impl::known_record(std::string_view& text, bool alone) {
  const std::size_t size = shapes_.read(text, source_->catalog->reading.steps, slots_);
  if (size == 0) return false;
  std::string_view rest = text.substr(size);
  if (!is_blank(next_line(rest)) || (alone && !rest.empty())) return false;
  read_headers();
  const EventRule* rule = find_rule(*source_, slots_);
  if (rule == nullptr) return false;
  text = rest;
  give(apply_rule(*rule, *source_, slots_, scratch_));
  return true;
}

/// The shape of the record that was parsed, for those that come after it. A shape has no line end in it, so
/// that a record which is read by it is no more than a line.
void Decoder::Impl::learn_shape(std::string_view text) {
  const FieldSteps& steps = source_->catalog->reading.steps;
  if (text.size() > JsonShapes::kMostBytes || !json_.is_object(0) || text.find('\n') != text.npos) return;
  if (find_rule(*source_, slots_) == nullptr) return;
  if (json_.scalars(steps, slots_, scalars_)) shapes_.learn(trimmed(text), scalars_, steps);
}

void Decoder::Impl::json_body(std::string_view body, const Place& place) {
  if (known_record(body, true)) return;
  unknown_record(body, place);
}

void Decoder::Impl::unknown_record(std::string_view body, const Place& place) {
  const auto fault = parse(body);
  if (!fault && shapes_.curious()) learn_shape(body);
  if (fault && give_elements(body, place)) return;
  give_parsed(fault, body, place);
}

/// One event that can't be read must not cost the others of its array. False unless the body is a valid
/// array.
bool Decoder::Impl::give_elements(std::string_view body, Place place) {
  const std::vector<std::string_view> elements = array_elements(body);
  for (const std::string_view element : elements) {
    ++place.element;
    const auto fault = parse(element);
    give_parsed(fault, element, place);
  }
  return !elements.empty();
}

void Decoder::Impl::give_parsed(std::optional<JsonFault> fault, std::string_view body, const Place& place) {
  if (!fault) return roots(place);
  if (*fault == JsonFault::too_deep) {
    return give(
        Reject{RejectCause::too_deep, 0,
               place.text() + "is nested deeper than " + std::to_string(limits::kJsonDepth) + " levels"});
  }
  give(Reject{RejectCause::malformed, 0,
              place.text() + "is not JSON: wrong " + json_error_position(body, place.is_part())});
}

void Decoder::Impl::ndjson_body(std::string_view body) {
  for (Place place{.line = 1}; !body.empty(); ++place.line) {
    if (known_record(body, false)) continue;
    const std::string_view line = next_line(body);
    if (!is_blank(line)) unknown_record(line, place);
  }
}

/// A body or line of JSON: a record, an array of them, or something that holds arrays of them.
void Decoder::Impl::roots(const Place& place) {
  if (!json_.is_array(0)) return root_object(0, place);
  json_.for_each(0, [&](JsonReader::Token item) {
    json_.read(item, source_->catalog->reading.steps, slots_);
    root_object(item, place);
  });
}

/// The slots hold what was read of it.
void Decoder::Impl::root_object(JsonReader::Token root, const Place& place) {
  if (!json_.is_object(root)) {
    return give(Reject{RejectCause::malformed, 0, place.text() + "holds something that is no JSON object"});
  }
  const Reading& reading = source_->catalog->reading;
  for (const std::string& pointer : reading.records) {
    const auto array = json_.may_list() ? json_.array_at(root, pointer) : std::nullopt;
    if (!array) continue;
    return json_.for_each(*array, [&](JsonReader::Token item) {
      json_.read(item, reading.steps, slots_);
      json_record(item);
    });
  }
  json_record(root);
}

void Decoder::Impl::json_record(JsonReader::Token record) {
  const Reading& reading = source_->catalog->reading;
  read_headers();
  if (const EventRule* rule = find_rule(*source_, slots_)) {
    return give(apply_rule(*rule, *source_, slots_, scratch_));
  }
  auto match = json_.search(record, reading.lines);
  if (!match) {
    // Patterns may also describe the JSON itself, as "errorCode":{code} does.
    text_ = json_.minified(record);
    match = match_line(reading.lines, text_);
  }
  if (match) return give(line_event(*match, *source_, scratch_));
  give(Ignored{});
}

}  // namespace telephony
