#include "decode/decoder_impl.h"
#include "decode/form.h"
#include "decode/json.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

/// Enough for most bodies; the parser grows when a larger one comes.
constexpr std::size_t kParserBytes = 64 * 1024;

}  // namespace

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }

Decoder::Impl::Impl() { make_parser(); }

void Decoder::Impl::make_parser() {
  parser_ = simdjson::dom::parser();
  // Without this the parser would take its own limit of depth; when it fails, the first parse says so.
  [[maybe_unused]] const auto error = parser_.allocate(kParserBytes, limits::kJsonDepth);
}

void Decoder::Impl::decode(const Source& source, const RawEvent& raw, const Visit& visit) {
  source_ = &source;
  raw_ = &raw;
  visit_ = &visit;
  records_ = 0;
  decode_body(without_mark(raw.body));
  // What one large body needed, as much as 16 times its size, must not be kept for the small ones.
  if (parser_.capacity() > kParserBytes) make_parser();
}

void Decoder::Impl::decode_body(std::string_view body) {
  switch (raw_->format) {
    case BodyFormat::json:
      return json_body(body, "");
    case BodyFormat::ndjson:
      return ndjson_body(body);
    case BodyFormat::form:
      return form_body(body);
    case BodyFormat::text:
      return text_body(body);
    case BodyFormat::csv:
      return csv_body(body);
  }
}

void Decoder::Impl::give(Record record) {
  if (auto* reject = std::get_if<Reject>(&record)) reject->record = records_;
  const auto* ignored = std::get_if<Ignored>(&record);
  records_ += ignored != nullptr ? ignored->records : 1;
  (*visit_)(record);
}

simdjson::error_code Decoder::Impl::parse(std::string_view text, simdjson::dom::element& root) {
  // The parser copies what it gets, and an empty view may point nowhere.
  return text.empty() ? simdjson::EMPTY : parser_.parse(text.data(), text.size()).get(root);
}

void Decoder::Impl::json_body(std::string_view body, const std::string& place) {
  simdjson::dom::element root;
  const auto error = parse(body, root);
  if (error && give_elements(body, place)) return;
  give_parsed(error, root, body, place);
}

/// One event that can't be read must not cost the others of its array. False unless the body is a valid
/// array.
bool Decoder::Impl::give_elements(std::string_view body, const std::string& place) {
  const std::vector<std::string_view> elements = array_elements(body);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    simdjson::dom::element root;
    const auto error = parse(elements[i], root);
    give_parsed(error, root, elements[i], place + "element " + std::to_string(i) + " ");
  }
  return !elements.empty();
}

void Decoder::Impl::give_parsed(simdjson::error_code error, simdjson::dom::element root,
                                std::string_view body, const std::string& place) {
  if (error == simdjson::DEPTH_ERROR) {
    return give(Reject{RejectCause::too_deep, 0,
                       place + "is nested deeper than " + std::to_string(limits::kJsonDepth) + " levels"});
  }
  if (error) {
    return give(Reject{RejectCause::malformed, 0,
                       place + "is not JSON: wrong " + json_error_position(body, !place.empty())});
  }
  roots(root, place);
}

void Decoder::Impl::ndjson_body(std::string_view body) {
  for (std::size_t number = 1; !body.empty(); ++number) {
    const std::string_view line = next_line(body);
    if (!is_blank(line)) json_body(line, "line " + std::to_string(number) + " ");
  }
}

/// A body or line of JSON: a record, an array of them, or something that holds arrays of them.
void Decoder::Impl::roots(simdjson::dom::element root, const std::string& place) {
  simdjson::dom::array array;
  if (root.get(array) == simdjson::SUCCESS) {
    for (const simdjson::dom::element item : array) root_object(item, place);
  } else {
    root_object(root, place);
  }
}

void Decoder::Impl::root_object(simdjson::dom::element root, const std::string& place) {
  if (!root.is_object()) {
    return give(Reject{RejectCause::malformed, 0, place + "holds something that is no JSON object"});
  }
  for (const std::string& pointer : source_->catalog->reading.records) {
    simdjson::dom::array array;
    if (root.at_pointer(pointer).get(array) != simdjson::SUCCESS) continue;
    for (const simdjson::dom::element item : array) json_record(item);
    return;
  }
  json_record(root);
}

void Decoder::Impl::json_record(simdjson::dom::element record) {
  const Reading& reading = source_->catalog->reading;
  slots_.clear();
  read_json(record, reading.fields, slots_);
  read_headers();
  if (const EventRule* rule = find_rule(*source_, slots_)) {
    return give(apply_rule(*rule, *source_, slots_, scratch_));
  }
  auto match = search_json(record, reading.lines);
  if (!match) {
    // Patterns may also describe the JSON itself, as "errorCode":{code} does.
    text_ = simdjson::minify(record);
    match = match_line(reading.lines, text_);
  }
  if (match) return give(line_event(*match, *source_, scratch_));
  give(Ignored{});
}

void Decoder::Impl::form_body(std::string_view body) {
  const Reading& reading = source_->catalog->reading;
  slots_.clear();
  const Form form = read_form(body, reading, slots_, buffer_);
  if (form.bad) {
    return give(
        Reject{RejectCause::malformed, 0,
               "is no form: a '%' without two hexadecimal digits at byte " + std::to_string(*form.bad)});
  }
  if (!form.document.empty()) return json_body(form.document, "the record in the form ");
  read_headers();
  const EventRule* rule = find_rule(*source_, slots_);
  if (rule == nullptr) return give(Ignored{});
  give(apply_rule(*rule, *source_, slots_, scratch_));
}

void Decoder::Impl::read_headers() {
  for (const auto& [name, slot] : source_->catalog->reading.headers) {
    if (const std::string_view value = find_header(raw_->headers, name); !value.empty())
      slots_.set(slot, value);
  }
}

Decoder::Decoder() : impl_(std::make_unique<Impl>()) {}
Decoder::~Decoder() = default;

void Decoder::decode(const Source& source, const RawEvent& raw, const Visit& visit) {
  impl_->decode(source, raw, visit);
}

}  // namespace telephony
