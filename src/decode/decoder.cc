#include "decode/decoder_impl.h"
#include "decode/form.h"

namespace telephony {
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

void Decoder::Impl::decode(const Source& source, const RawEvent& raw, const Visit& visit,
                           const Again& again) {
  source_ = &source;
  raw_ = &raw;
  visit_ = &visit;
  again_ = &again;
  records_ = 0;
  decode_body(without_mark(raw.body));
  json_.give_back();
}

void Decoder::Impl::decode_body(std::string_view body) {
  switch (raw_->format) {
    case BodyFormat::json:
      return json_body(body, {});
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

void Decoder::Impl::give(Record&& record) {
  if (auto* reject = std::get_if<Reject>(&record)) reject->record = records_;
  const auto* ignored = std::get_if<Ignored>(&record);
  records_ += ignored != nullptr ? ignored->records : 1;
  (*visit_)(record);
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
  if (!form.document.empty()) return json_body(form.document, {.in_form = true});
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

void Decoder::decode(const Source& source, const RawEvent& raw, const Visit& visit, const Again& again) {
  impl_->decode(source, raw, visit, again);
}

}  // namespace telephony
