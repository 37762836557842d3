#include "decode/rules.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "decode/calls.h"
#include "decode/codes.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/decode/retry_after.h"
#include "telephony_exporter/event/posting.h"

namespace telephony {
namespace {

/// Its length stands before it, so that no two lists of parts are the same text.
void add_part(std::string& identity, std::string_view part) {
  std::array<char, 24> size;
  char* const end = std::to_chars(size.data(), size.data() + size.size() - 1, part.size()).ptr;
  *end = ':';
  identity.append(size.data(), static_cast<std::size_t>(end + 1 - size.data()));
  identity.append(part.data(), part.size());
}

std::string_view read_identity(const EventRule& rule, const Slots& slots, EventIdentity& identity) {
  const std::string_view id = slots.first(rule.id);
  if (id.empty()) return {};
  std::string& parts = identity.begin(rule.kind);
  add_part(parts, id);
  for (const Slot slot : rule.id_with) add_part(parts, slots[slot]);
  return parts;
}

/// What people look a call up by: the session where the rule knows one, or else the event's own id.
std::string_view read_session_id(const EventRule& rule, const Slots& slots) {
  const std::string_view session = rule.call ? trimmed(slots.first(rule.call->session)) : std::string_view();
  return session.empty() ? trimmed(slots.first(rule.id)) : session;
}

std::optional<Outcome> look_up(std::string_view word, const Reading& reading, std::string& normal) {
  normal_text(word, normal);
  const Status* best = nullptr;
  for (const Status& status : reading.statuses) {
    if (!status.pattern && status.normal_text == normal) return status.outcome;
    if (!status.pattern || !status.pattern->matches(word)) continue;
    if (best == nullptr || status.pattern->literals() > best->pattern->literals()) best = &status;
  }
  return best != nullptr ? best->outcome : Outcome::other;
}

/// As told; or where the configuration has a list, as that says, and "other" when it does not know it.
std::string_view meant_account(const Source& source, std::string_view told) {
  if (source.account_names == nullptr || told.empty()) return told;
  const auto meant = source.account_names->find(told);
  return meant != source.account_names->end() ? std::string_view(meant->second) : kOtherAccountName;
}

/// The first field that the configuration's list knows, or else the first that holds something.
std::string_view read_account(const EventRule& rule, const Source& source, const Slots& slots) {
  std::string_view told;
  for (const Field& field : rule.account) {
    if (!slots.told(field.slot)) continue;
    const std::string_view value = trimmed(cut(trimmed(slots[field.slot]), field));
    if (value.empty()) continue;
    if (source.account_names != nullptr && source.account_names->contains(value)) {
      return meant_account(source, value);
    }
    if (told.empty() && !field.listed) told = value;
  }
  return meant_account(source, told);
}

void read_retry_after(const EventRule& rule, const Slots& slots, Event& event) {
  const std::string_view value = slots.first(rule.retry_after);
  if (value.empty()) return;
  if (const auto parsed = parse_retry_after(value)) event.retry_after = parsed->delay;
}

bool says_so(const EventRule& rule, std::string_view value) {
  return rule.equals.empty() || std::any_of(rule.equals.begin(), rule.equals.end(), [&](const auto& word) {
           return equal_ignoring_case(value, word);
         });
}

}  // namespace

std::string& EventIdentity::begin(std::string_view kind) {
  if (kind_part_ == 0 || kind_ != kind) {
    kind_part_ = 0;  // until it is whole, as there may be no memory for it
    parts_.clear();
    add_part(parts_, kind);
    kind_ = kind;
    kind_part_ = parts_.size();
  }
  parts_.resize(kind_part_);
  return parts_;
}

std::optional<Outcome> KnownOutcomes::outcome(std::string_view word, const Reading& reading) {
  constexpr std::size_t kMostBytes = 64;
  if (word.empty()) return std::nullopt;
  const auto ends = static_cast<unsigned char>(word.front() + word.back());
  Known& known = known_[(word.size() + ends) % known_.size()];
  if (known.steps == reading.steps.number() && known.word == word) return known.outcome;
  const auto outcome = look_up(word, reading, normal_);
  if (word.size() <= kMostBytes) known = {reading.steps.number(), std::string(word), outcome};
  return outcome;
}

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
  Record record;  // which every return names, so that it is made where the caller wants it
  Event& event = std::get<Event>(record);
  event.kind = rule.kind;
  event.warning = rule.warning;
  Found found;
  if (!find_code(rule, source, slots, scratch.reasons, found)) {
    record = Reject{RejectCause::bad_code, 0, "the error code is neither a number nor a short word"};
    return record;
  }
  event.code = found.code;
  event.text = found.text;
  event.numbering = found.numbering;
  if (event.text.empty()) event.text = slots.first(rule.text);
  event.account = read_account(rule, source, slots);
  read_retry_after(rule, slots, event);
  event.session = scratch.outcomes.outcome(trimmed(slots.first(rule.status)), source.catalog->reading);
  event.identity = read_identity(rule, slots, scratch.identity);
  if (source.session_ids) event.session_id = read_session_id(rule, slots);
  read_call(rule, slots, scratch.word, event);
  event.occurred = read_occurred(rule, slots, event.absurd);
  read_legs(rule, slots, scratch.legs, event.absurd);
  event.legs = scratch.legs;
  return record;
}

void add_match(const LineMatch& match, const Source& source, RuleScratch& scratch, Event& event) {
  const Found found = read_match(match, source.catalog->reading, scratch.reasons[0]);
  event.code = found.code;
  event.text = found.text;
  event.numbering = found.numbering;
  if (event.account.empty()) event.account = meant_account(source, match.account);
}

Record line_event(const LineMatch& match, const Source& source, RuleScratch& scratch) {
  Record record;
  Event& event = std::get<Event>(record);
  event.kind = match.kind;
  add_match(match, source, scratch, event);
  if (!match.id.empty()) {
    std::string& identity = scratch.identity.begin(match.kind);
    add_part(identity, match.id);
    event.identity = identity;
    if (source.session_ids) event.session_id = match.id;
  }
  return record;
}

}  // namespace telephony
