#include "source/syslog_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace telephony::syslog {
namespace {

constexpr unsigned kHighestPriority = 191;
constexpr std::size_t kTagBytes = 128;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

template <typename In>
std::size_t run_length(std::string_view text, In in) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), in) - text.begin());
}

void skip_spaces(std::string_view& rest) {
  rest.remove_prefix(run_length(rest, [](char c) { return c == ' '; }));
}

/// Whether `rest` begins as `form` does, in which 9 is any digit, A any letter, and _ a digit or a space.
bool begins_like(std::string_view rest, std::string_view form) {
  return rest.size() >= form.size() && std::equal(form.begin(), form.end(), rest.begin(), [](char f, char c) {
           if (f == '9') return is_digit(c);
           if (f == 'A') return is_letter(c);
           if (f == '_') return is_digit(c) || c == ' ';
           return f == c;
         });
}

bool take(std::string_view& rest, std::string_view form) {
  if (!begins_like(rest, form)) return false;
  rest.remove_prefix(form.size());
  return true;
}

void take_priority(std::string_view& message) {
  const std::size_t close = message.substr(0, 5).find('>');
  if (!message.starts_with('<') || close == message.npos) return;
  unsigned priority = 0;
  const char* last = message.data() + close;
  const auto [end, error] = std::from_chars(message.data() + 1, last, priority);
  if (error == std::errc{} && end == last && priority <= kHighestPriority) message.remove_prefix(close + 1);
}

void take_fraction(std::string_view& rest) {
  if (begins_like(rest, ".9")) rest.remove_prefix(1 + run_length(rest.substr(1), is_digit));
}

bool take_iso_time(std::string_view& rest) {
  if (!take(rest, "9999-99-99T99:99:99")) return false;
  take_fraction(rest);
  if (!take(rest, "Z") && !take(rest, "+99:99")) take(rest, "-99:99");
  return true;
}

/// `Jan 13 08:26:58`, perhaps with a fraction, and with the year on either side.
bool take_old_time(std::string_view& rest) {
  if (rest.starts_with('*') || rest.starts_with('.')) rest.remove_prefix(1);  // the device's clock is not set
  if (begins_like(rest, "9999 AAA ")) rest.remove_prefix(5);
  const bool day = take(rest, "AAA _9 ") || take(rest, "AAA 9 ");
  if (!day) return false;
  if (begins_like(rest, "9999 ")) rest.remove_prefix(5);
  if (!take(rest, "99:99:99")) return false;
  take_fraction(rest);
  if (begins_like(rest, " 9999 ")) rest.remove_prefix(5);
  return true;
}

/// The end of a router's time: a colon, or a time zone and a colon.
bool take_zone(std::string_view& rest) {
  constexpr std::size_t kLetters = 5;
  const std::size_t space = rest.starts_with(' ') ? 1 : 0;
  const std::size_t zone = run_length(rest.substr(space), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (zone > kLetters || !rest.substr(space + zone).starts_with(": ")) return false;
  rest.remove_prefix(space + zone + 2);
  return true;
}

/// How long the tag is that the text begins with: `name:`, `name[process]:`; 0 when there is none.
std::size_t tag_length(std::string_view text) {
  std::size_t length = run_length(text.substr(0, kTagBytes), [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("_-./@+").find(c) != std::string_view::npos;
  });
  if (length == 0) return 0;
  const bool process = text.substr(length).starts_with('[');
  if (process) {
    const std::size_t close = text.substr(0, kTagBytes).find_first_of("] ", length);
    if (close == text.npos || text[close] != ']') return 0;
    length = close + 1;
  }
  const bool colon = text.substr(length).starts_with(':');
  if (colon) ++length;
  const bool ends = length == text.size() || text[length] == ' ';
  return ends && (process || colon) ? length : 0;
}

/// Behind the time: a host and a tag, or one of them, or neither. Without a tag the host stays, as it may be
/// a word.
std::string_view without_tag(std::string_view rest) {
  const std::size_t host = std::min(rest.find(' '), rest.size());
  std::string_view behind = rest.substr(host);
  skip_spaces(behind);
  if (behind.starts_with('{')) return behind;
  for (const std::string_view text : {rest, behind}) {
    if (const std::size_t tag = tag_length(text); tag > 0) {
      rest = text.substr(tag);
      if (rest.starts_with(' ')) rest.remove_prefix(1);
      return rest;
    }
  }
  return rest;
}

std::string_view old_text(std::string_view message) {
  std::string_view rest = message;
  const std::size_t digits = run_length(rest, is_digit);  // the sequence number of some routers
  if (rest.substr(digits).starts_with(": ")) rest.remove_prefix(digits + 1);
  skip_spaces(rest);
  if (!take_iso_time(rest) && !take_old_time(rest)) return message;
  if (take_zone(rest)) return rest;  // what a router says has no host before it
  if (!rest.empty() && !rest.starts_with(' ')) return message;
  skip_spaces(rest);
  return without_tag(rest);
}

/// Behind the structured data, which begins `rest`; nothing when its quotes and brackets do not match.
std::optional<std::string_view> behind_data(std::string_view rest) {
  if (take(rest, "-")) return rest;
  if (!rest.starts_with('[')) return std::nullopt;
  bool quoted = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (quoted && rest[i] == '\\') {
      ++i;
    } else if (rest[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && rest[i] == ']' && !rest.substr(i + 1).starts_with('[')) {
      return rest.substr(i + 1);
    }
  }
  return std::nullopt;
}

/// Nothing when this is no message of RFC 5424.
std::optional<std::string_view> new_text(std::string_view rest) {
  constexpr int kFields = 4;  // host, application, process, message id
  if (!take(rest, "1 ") || (!take(rest, "-") && !take_iso_time(rest))) return std::nullopt;
  for (int field = 0; field < kFields; ++field) {
    if (!take(rest, " ")) return std::nullopt;
    const std::size_t length = std::min(rest.find(' '), rest.size());
    if (length == 0) return std::nullopt;
    rest.remove_prefix(length);
  }
  if (!take(rest, " ")) return std::nullopt;
  std::string_view text = behind_data(rest).value_or(rest);
  if (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

}  // namespace

std::string_view text_of(std::string_view message) {
  constexpr std::string_view kEnds("\r\n\0", 3);
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  message = message.substr(0, message.find_last_not_of(kEnds) + 1);
  take_priority(message);
  const auto text = new_text(message);
  std::string_view said = text ? *text : old_text(message);
  if (said.starts_with(kByteOrderMark)) said.remove_prefix(kByteOrderMark.size());
  return said;
}

}  // namespace telephony::syslog
