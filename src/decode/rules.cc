#include "decode/rules.h"

#include <algorithm>

#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/decode/retry_after.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {

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

/// What of a code field's value lies between what the catalog says stands around it.
std::string_view cut(std::string_view value, const Field& field) {
  if (!value.starts_with(field.after)) return {};
  value.remove_prefix(field.after.size());
  if (!field.before.empty()) value = value.substr(0, value.rfind(field.before));
  return value;
}

/// An error as one field names it.
struct Found {
  std::string_view code;
  std::string_view text;
  std::string_view numbering;

  bool empty() const { return code.empty() && text.empty(); }
};

/// The header's best value, or the header itself where it is words.
Found read_reason(std::string_view header, const Reading& reading, ReasonValue& kept) {
  auto chosen = choose_reason(header, reading.reason_protocols);
  if (!chosen) return {{}, header.find(';') == header.npos ? header : std::string_view{}, {}};
  kept = std::move(chosen->value);
  return {kept.cause, kept.text, chosen->numbering};
}

/// A text beside "no error" says nothing of an error either.
Found read_match(const LineMatch& match, const Reading& reading, ReasonValue& kept) {
  if (!match.reason.empty()) return read_reason(match.reason, reading, kept);
  if (means_no_error(match.code, reading)) return {};
  return {match.code, match.text, match.numbering};
}

/// Nullopt when the field holds something that can be no code.
std::optional<Found> read_code(const Field& field, const Reading& reading, const Slots& slots,
                               ReasonValue& kept) {
  if (slots.unreadable(field.slot)) return std::nullopt;
  const std::string_view value = trimmed(slots[field.slot]);
  if (field.as == Field::As::reason) return value.empty() ? Found{} : read_reason(value, reading, kept);
  if (field.as == Field::As::line) {
    const auto match = match_line(reading.lines, value);
    return match ? read_match(*match, reading, kept) : Found{};
  }
  const std::string_view part = trimmed(cut(value, field));
  switch (kind_of(part, reading)) {
    case CodeKind::code:
      return Found{part, {}, field.numbering};
    case CodeKind::words:
      return Found{{}, part, field.numbering};
    case CodeKind::none:
      return Found{};
    default:
      return std::nullopt;
  }
}

/// The code of the best numbering, and of several the one in the first field. What is derived from another
/// code, as a Q.850 cause from a SIP response, is of a numbering that stands behind.
std::optional<Found> find_code(const EventRule& rule, const Source& source, const Slots& slots,
                               RuleScratch& scratch) {
  Found best;
  std::size_t best_rank = 0;
  std::size_t kept = 0;
  for (const Field& field : rule.code) {
    const auto found = read_code(field, source.catalog->reading, slots, scratch.reasons[kept]);
    if (!found) return std::nullopt;
    if (found->empty()) continue;
    const std::size_t rank = found->numbering.empty() ? 0 : source.space->rank(found->numbering);
    if (!best.empty() && rank >= best_rank) continue;
    best = *found;
    best_rank = rank;
    kept = 1 - kept;
    if (rank == 0) break;
  }
  return best;
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
  const std::string_view word = trimmed(slots.first(rule.status));
  if (word.empty()) return std::nullopt;
  const std::string text = normal_text(word);
  const Status* best = nullptr;
  for (const Status& status : reading.statuses) {
    if (!status.pattern && status.normal_text == text) return status.outcome;
    if (!status.pattern || !status.pattern->matches(word)) continue;
    if (best == nullptr || status.pattern->literals() > best->pattern->literals()) best = &status;
  }
  return best != nullptr ? best->outcome : Outcome::other;
}

std::string_view read_account(const EventRule& rule, const Slots& slots) {
  for (const Field& field : rule.account) {
    const std::string_view account = trimmed(cut(trimmed(slots[field.slot]), field));
    if (!account.empty()) return account;
  }
  return {};
}

std::optional<std::chrono::seconds> read_retry_after(const EventRule& rule, const Slots& slots) {
  const std::string_view value = slots.first(rule.retry_after);
  const auto parsed = value.empty() ? std::nullopt : parse_retry_after(value);
  return parsed ? std::optional(parsed->delay) : std::nullopt;
}

bool says_so(const EventRule& rule, std::string_view value) {
  return rule.equals.empty() || std::any_of(rule.equals.begin(), rule.equals.end(), [&](const auto& word) {
           return equal_ignoring_case(value, word);
         });
}

}  // namespace

const EventRule* find_rule(const Source& source, const Slots& slots) {
  for (const EventRule* rule : source.rules) {
    for (const Slot slot : rule->when) {
      const std::string_view value = slots[slot];
      const bool there = !value.empty() || slots.unreadable(slot);
      if (there && says_so(*rule, value)) return rule;
    }
  }
  return nullptr;
}

Record apply_rule(const EventRule& rule, const Source& source, Slots& slots, RuleScratch& scratch) {
  if (rule.percent_encoded) slots.percent_decode(scratch.decoded);
  Event event;
  event.kind = rule.kind;
  event.warning = rule.warning;
  const auto found = find_code(rule, source, slots, scratch);
  if (!found) return Reject{RejectCause::bad_code, 0, "the error code is neither a number nor a short word"};
  event.code = found->code;
  event.text = found->text;
  event.numbering = found->numbering;
  if (event.text.empty()) event.text = slots.first(rule.text);
  event.account = read_account(rule, slots);
  event.retry_after = read_retry_after(rule, slots);
  event.session = read_outcome(rule, source.catalog->reading, slots);
  event.identity = read_identity(rule, slots, scratch.identity);
  return event;
}

void add_match(const LineMatch& match, const Reading& reading, RuleScratch& scratch, Event& event) {
  const Found found = read_match(match, reading, scratch.reasons[0]);
  event.code = found.code;
  event.text = found.text;
  event.numbering = found.numbering;
  if (event.account.empty()) event.account = match.account;
}

Event line_event(const LineMatch& match, const Reading& reading, RuleScratch& scratch) {
  Event event;
  event.kind = match.kind;
  add_match(match, reading, scratch, event);
  scratch.identity.clear();
  if (!match.id.empty()) {
    add_part(scratch.identity, match.kind);
    add_part(scratch.identity, match.id);
    event.identity = scratch.identity;
  }
  return event;
}

}  // namespace telephony
