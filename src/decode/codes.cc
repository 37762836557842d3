#include "decode/codes.h"

#include <algorithm>

#include "telephony_exporter/catalog/text.h"
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

/// The header's best value, or the header itself where it is words.
Found read_reason(std::string_view header, const Reading& reading, ReasonValue& kept) {
  auto chosen = choose_reason(header, reading.reason_protocols);
  if (!chosen) return {{}, header.find(';') == header.npos ? header : std::string_view{}, {}};
  kept = std::move(chosen->value);
  return {kept.cause, kept.text, chosen->numbering};
}

}  // namespace

Found read_match(const LineMatch& match, const Reading& reading, ReasonValue& kept) {
  if (!match.reason.empty()) return read_reason(match.reason, reading, kept);
  // A text beside "no error" says nothing of an error either.
  if (means_no_error(match.code, reading)) return {};
  return {match.code, match.text, match.numbering};
}

namespace {

/// False when the field holds something that can be no code.
bool read_code(const Field& field, const Reading& reading, const Slots& slots, ReasonValue& kept,
               Found& found) {
  if (slots.unreadable(field.slot)) return false;
  const std::string_view value = trimmed(slots[field.slot]);
  if (field.as == Field::As::reason) {
    if (!value.empty()) found = read_reason(value, reading, kept);
    return true;
  }
  if (field.as == Field::As::line) {
    if (const auto match = match_line(reading.lines, value)) found = read_match(*match, reading, kept);
    return true;
  }
  const std::string_view part = trimmed(cut(value, field));
  const CodeKind kind = kind_of(part, reading);
  if (kind == CodeKind::code) found.code = part;
  if (kind == CodeKind::words) found.text = part;
  if (!found.empty()) found.numbering = field.numbering;
  return kind != CodeKind::bad;
}

}  // namespace

bool find_code(const EventRule& rule, const Source& source, const Slots& slots, KeptReasons& kept,
               Found& best) {
  std::size_t best_rank = 0;
  std::size_t next = 0;
  for (const Field& field : rule.code) {
    if (!slots.told(field.slot)) continue;
    Found found;
    if (!read_code(field, source.catalog->reading, slots, kept[next], found)) {
      if (best.empty()) return false;
      continue;
    }
    if (found.empty()) continue;
    const std::size_t rank = found.numbering.empty() ? 0 : source.space->rank(found.numbering);
    if (!best.empty() && rank >= best_rank) continue;
    best = found;
    best_rank = rank;
    next = 1 - next;
    if (rank == 0) break;
  }
  return true;
}

}  // namespace telephony
