#include "decode/rules.h"

#include <algorithm>
#include <charconv>

#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/decode/reason_header.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {

void Slots::set_number(Slot slot, std::int64_t value) {
  if (taken(slot)) return;
  auto& digits = numbers_[slot];
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  set(slot, {digits.data(), end});
}

std::string_view Slots::first(std::span<const Slot> alternatives) const {
  for (const Slot slot : alternatives) {
    if (const std::string_view value = (*this)[slot]; !value.empty()) return value;
  }
  return {};
}

namespace {

bool means_no_error(std::string_view code, const Reading& reading) {
  return std::find(reading.no_error.begin(), reading.no_error.end(), code) != reading.no_error.end();
}

enum class CodeKind : std::uint8_t { none, code, words, bad };

/// Providers put words where a code belongs; what is neither may be anything and is refused.
CodeKind kind_of(std::string_view value, const Reading& reading) {
  if (value.empty() || means_no_error(value, reading)) return CodeKind::none;
  const auto control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
  if (std::any_of(value.begin(), value.end(), control)) return CodeKind::bad;
  if (value.find(' ') != value.npos) return CodeKind::words;
  return value.size() > limits::kCodeBytes ? CodeKind::bad : CodeKind::code;
}

/// The code of the value that speaks the provider's own protocol; Q.850 causes are another code space.
void read_reason(std::string_view header, Event& event, RuleScratch& scratch) {
  const std::vector<ReasonValue> values = parse_reason(header);
  const ReasonValue* best = nullptr;
  for (const ReasonValue& value : values) {
    if (value.cause.empty() || equal_ignoring_case(value.protocol, "Q.850")) continue;
    const bool sip = equal_ignoring_case(value.protocol, "SIP");
    if (best == nullptr || !sip) best = &value;
    if (!sip) break;
  }
  if (best != nullptr) {
    scratch.reason_code = best->cause;
    scratch.reason_text = best->text;
    event.code = scratch.reason_code;
    event.text = scratch.reason_text;
  } else if (header.find(';') == header.npos) {
    event.text = header;
  }
}

/// A text beside "no error" says nothing of an error either.
void read_match(const LineMatch& match, const Reading& reading, Event& event) {
  if (means_no_error(match.code, reading)) return;
  event.code = match.code;
  event.text = match.text;
}

/// False when the field holds something that can be no code.
bool read_code(const Field& field, const Reading& reading, const Slots& slots, Event& event,
               RuleScratch& scratch) {
  if (slots.unreadable(field.slot)) return false;
  const std::string_view value = trimmed(slots[field.slot]);
  if (field.as == Field::As::reason) {
    if (!value.empty()) read_reason(value, event, scratch);
    return true;
  }
  if (field.as == Field::As::line) {
    if (const auto match = match_line(reading.lines, value)) read_match(*match, reading, event);
    return true;
  }
  const CodeKind kind = kind_of(value, reading);
  if (kind == CodeKind::code) event.code = value;
  if (kind == CodeKind::words) event.text = value;
  return kind != CodeKind::bad;
}

void add_part(std::string& identity, std::string_view part) {
  identity += std::to_string(part.size());
  identity += ':';
  identity += part;
}

std::string_view read_identity(const EventRule& rule, const Slots& slots, std::string& identity) {
  identity.clear();
  const std::string_view id = slots.first(rule.id);
  if (id.empty()) return {};
  add_part(identity, rule.kind);
  add_part(identity, id);
  for (const Slot slot : rule.id_with) add_part(identity, slots[slot]);
  return identity;
}

std::optional<Outcome> read_outcome(const EventRule& rule, const Reading& reading, const Slots& slots) {
  const std::string_view word = slots.first(rule.status);
  if (word.empty()) return std::nullopt;
  const std::string text = normal_text(word);
  for (const Status& status : reading.statuses) {
    if (status.normal_text == text) return status.outcome;
  }
  return Outcome::other;
}

}  // namespace

const EventRule* find_rule(const Source& source, const Slots& slots) {
  for (const EventRule* rule : source.rules) {
    for (const Slot slot : rule->when) {
      const std::string_view value = slots[slot];
      const bool there = !value.empty() || slots.unreadable(slot);
      if (there && (rule->equals.empty() || equal_ignoring_case(value, rule->equals))) return rule;
    }
  }
  return nullptr;
}

Record apply_rule(const EventRule& rule, const Reading& reading, const Slots& slots, RuleScratch& scratch) {
  Event event;
  event.kind = rule.kind;
  event.warning = rule.warning;
  for (const Field& field : rule.code) {
    if (!read_code(field, reading, slots, event, scratch)) {
      return Reject{RejectCause::bad_code, 0, "the error code is neither a number nor a short word"};
    }
    if (!event.code.empty() || !event.text.empty()) break;
  }
  if (event.text.empty()) event.text = slots.first(rule.text);
  event.account = trimmed(slots.first(rule.account));
  event.session = read_outcome(rule, reading, slots);
  event.identity = read_identity(rule, slots, scratch.identity);
  return event;
}

Event line_event(const LineMatch& match, const Reading& reading, RuleScratch& scratch) {
  Event event;
  event.kind = match.kind;
  read_match(match, reading, event);
  scratch.identity.clear();
  if (!match.id.empty()) {
    add_part(scratch.identity, match.kind);
    add_part(scratch.identity, match.id);
    event.identity = scratch.identity;
  }
  return event;
}

}  // namespace telephony
