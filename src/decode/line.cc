#include "telephony_exporter/decode/line.h"

#include <algorithm>

#include "decode/line_match.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

using Part = LinePattern::Part;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::size_t code_length(std::string_view rest) {
  std::size_t n = !rest.empty() && rest[0] == '-' ? 1 : 0;
  const std::size_t first = n;
  while (n < rest.size() && is_digit(rest[n])) ++n;
  const bool ends = n == rest.size() || !is_word(rest[n]);
  return n > first && ends ? n : 0;
}

template <typename In>
std::size_t run_length(std::string_view rest, In in) {
  return static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), in) - rest.begin());
}

/// Literals are short: comparing them here costs less than a call.
bool begins_with(std::string_view rest, std::string_view literal) {
  if (rest.size() < literal.size()) return false;
  std::size_t i = 0;
  while (i < literal.size() && rest[i] == literal[i]) ++i;
  return i == literal.size();
}

/// Up to the next literal; without one, up to the quote that the pattern stands in, or the end of the line.
std::size_t open_length(std::string_view rest, const std::string* next, char quote) {
  if (next != nullptr) return rest.find(*next);
  const std::size_t end = quote == '\0' ? rest.npos : rest.find(quote);
  return std::min(end, rest.size());
}

/// A Reason header begins with a protocol and a parameter; "Reason: because" is none.
bool begins_reason(std::string_view rest) {
  const std::size_t token = run_length(rest, [](char c) { return is_word(c) || c == '.' || c == '-'; });
  const std::size_t space = run_length(rest.substr(token), [](char c) { return c == ' '; });
  return token > 0 && token + space < rest.size() && rest[token + space] == ';';
}

/// How much of `rest` a capture takes; npos when it can't match here.
std::size_t capture_length(Part part, std::string_view rest, const std::string* next, char quote) {
  std::size_t length = 0;
  switch (part) {
    case Part::code:
      length = code_length(rest);
      return length == 0 || length > limits::kCodeBytes ? rest.npos : length;
    case Part::word:
      length = run_length(rest, [](char c) { return is_word(c) || c == '-'; });
      return length == 0 || length > limits::kCodeBytes ? rest.npos : length;
    case Part::reason:
      return begins_reason(rest) ? open_length(rest, next, quote) : rest.npos;
    case Part::id:
    case Part::account:
      length = run_length(
          rest, [](unsigned char c) { return c > ' ' && c != ';' && c != ',' && c != '"' && c != '\''; });
      return length == 0 ? rest.npos : length;
    default:
      return open_length(rest, next, quote);
  }
}

void keep(Part part, std::string_view value, LineMatch& match) {
  if (part == Part::code || part == Part::word) match.code = value;
  if (part == Part::text) match.text = value;
  if (part == Part::id) match.id = value;
  if (part == Part::account) match.account = value;
  if (part == Part::reason) match.reason = value;
}

/// `cut` says that the line went on, so what reaches its end may be cut short.
bool match_rest(const LinePattern& pattern, const Stand& stand, bool cut, LineMatch& match) {
  std::string_view rest = stand.rest;
  for (std::size_t i = 1; i < pattern.pieces.size(); ++i) {
    const LinePattern::Piece& piece = pattern.pieces[i];
    std::size_t length = piece.literal.size();
    if (piece.part == Part::literal) {
      if (!begins_with(rest, piece.literal)) return false;
    } else {
      const std::string* next = i + 1 < pattern.pieces.size() ? &pattern.pieces[i + 1].literal : nullptr;
      length = capture_length(piece.part, rest, next, stand.quote);
      if (length == rest.npos) return false;
      const bool open = piece.part == Part::text || piece.part == Part::any || piece.part == Part::reason;
      const bool whole = open || length < rest.size();
      if (cut && !whole) return false;
      keep(piece.part, rest.substr(0, length), match);
    }
    rest.remove_prefix(length);
  }
  match.kind = pattern.kind;
  match.numbering = pattern.numbering;
  return true;
}

std::optional<LineMatch> match(const Stand& stand, bool cut) {
  std::optional<LineMatch> match;
  for (const LinePattern& pattern : stand.patterns) {
    if (match_rest(pattern, stand, cut, match.emplace())) return match;
  }
  match.reset();
  return match;
}

}  // namespace

Stand stand_at(std::span<const LinePattern> patterns, std::string_view line, std::size_t start) {
  const char before = start > 0 ? line[start - 1] : '\0';
  return {patterns, line.substr(start + patterns.front().sign.text.size()),
          before == '"' || before == '\'' ? before : '\0'};
}

std::optional<LineMatch> match_stand(const Stand& stand) { return match(stand, false); }

std::optional<LineMatch> match_line(std::span<const LinePattern> patterns, std::string_view line) {
  // A field may be as long as a body, and the search for what follows a capture is worth a line's length
  // only.
  const bool cut = line.size() > limits::kLineBytes;
  line = line.substr(0, limits::kLineBytes);
  for (const LinePattern& pattern : patterns) {
    const std::string& literal = pattern.pieces.front().literal;
    for (std::size_t at = line.find(literal); at != line.npos; at = line.find(literal, at + 1)) {
      if (const auto found = match(stand_at({&pattern, 1}, line, at), cut)) return found;
    }
  }
  return std::nullopt;
}

/// Most hits are of other signs, which one byte tells.
bool stands_at(const Sign& sign, std::string_view line, std::uint32_t hit) {
  const std::size_t size = sign.text.size();
  if (hit < sign.needle || line.size() < hit - sign.needle + size) return false;
  const char* there = line.data() + hit - sign.needle;
  const char* text = sign.text.data();
  if ((there[sign.needle] | 0x20) != (text[sign.needle] | 0x20)) return false;
  if ((there[0] | 0x20) != (text[0] | 0x20)) return false;
  if (sign.any_case) return equal_ignoring_case({there, size}, sign.text);
  return begins_with({there, size}, sign.text);
}

bool has_sign(std::span<const Sign> signs, std::string_view line, Hits hits) {
  return std::any_of(signs.begin(), signs.end(), [&](const Sign& sign) {
    return (sign.bit & hits.needles) != 0 &&
           std::any_of(hits.at.begin(), hits.at.end(),
                       [&](std::uint32_t hit) { return stands_at(sign, line, hit); });
  });
}

}  // namespace telephony
