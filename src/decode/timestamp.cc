#include "decode/timestamp.h"

#include <array>
#include <charconv>
#include <cmath>

#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::chrono::sys_days kFirst{std::chrono::year{2000} / 1 / 1};
constexpr std::chrono::sys_days kEnd{std::chrono::year{2200} / 1 / 1};

std::optional<WallTime> believable(WallTime time) {
  return time >= kFirst && time < kEnd ? std::optional(time) : std::nullopt;
}

/// Reads a text from its front; once something is not there, nothing is any more.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { ok_ = take(c) && ok_; }
  bool take_any(std::string_view any) {
    if (rest_.empty() || any.find(rest_.front()) == any.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect_any(std::string_view any) { ok_ = take_any(any) && ok_; }

  /// A number of at least and at most so many digits.
  unsigned digits(std::size_t least, std::size_t most) {
    unsigned value = 0;
    std::size_t n = 0;
    for (; n < most && at_digit(); ++n, rest_.remove_prefix(1)) value = value * 10 + digit();
    if (n < least) ok_ = false;
    return value;
  }
  unsigned digits(std::size_t exactly) { return digits(exactly, exactly); }

  /// What follows a decimal point, as far as the clock goes.
  nanoseconds fraction() {
    if (!at_digit()) ok_ = false;
    nanoseconds value{0};
    for (nanoseconds place{100'000'000}; at_digit(); place /= 10, rest_.remove_prefix(1))
      value += place * digit();
    return value;
  }

  /// The number of a month, from 1.
  unsigned month() {
    static constexpr std::array<std::string_view, 12> kNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (unsigned i = 0; i < kNames.size(); ++i) {
      if (!equal_ignoring_case(rest_.substr(0, 3), kNames[i])) continue;
      rest_.remove_prefix(3);
      return i + 1;
    }
    ok_ = false;
    return 0;
  }

  std::string_view rest() const { return rest_; }
  void skip_to(std::string_view rest) { rest_ = rest; }
  void fail() { ok_ = false; }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  unsigned digit() const { return static_cast<unsigned>(rest_.front() - '0'); }

  std::string_view rest_;
  bool ok_ = true;
};

WallTime day(Scanner& in, unsigned year, unsigned month, unsigned day_of_month) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                         std::chrono::day(day_of_month)};
  if (date.ok() && year >= 2000 && year < 2200) return std::chrono::sys_days(date);
  in.fail();
  return {};
}

/// hh:mm:ss, where a leap second is the second after it.
seconds time_of_day(Scanner& in, bool may_lack_seconds) {
  const unsigned hour = in.digits(2);
  in.expect(':');
  const unsigned minute = in.digits(2);
  unsigned second = 0;
  if (!may_lack_seconds || in.rest().starts_with(':')) {
    in.expect(':');
    second = in.digits(2);
  }
  if (hour > 23 || minute > 59 || second > 60) in.fail();
  return seconds(hour * 3600L + minute * 60L + second);
}

/// +hh:mm or +hhmm, to be taken off a local time.
seconds offset(Scanner& in) {
  const bool west = in.rest().starts_with('-');
  in.expect_any("+-");
  const unsigned hours = in.digits(2);
  in.take(':');
  const unsigned minutes = in.digits(2);
  if (hours > 23 || minutes > 59) in.fail();
  const seconds east(hours * 3600L + minutes * 60L);
  return west ? -east : east;
}

std::optional<WallTime> date_time(std::string_view text, bool local) {
  Scanner in(text);
  const unsigned year = in.digits(4);
  in.expect('-');
  const unsigned month = in.digits(2);
  in.expect('-');
  WallTime time = day(in, year, month, in.digits(2));
  in.expect_any("Tt ");
  time += time_of_day(in, false);
  if (in.take('.')) time += in.fraction();
  if (!local && !in.take_any("Zz")) time -= offset(in);
  return in.done() ? believable(time) : std::nullopt;
}

/// RFC 2822 section 3.3, without comments: "Tue, 13 Jan 2026 08:29:43 +0000".
std::optional<WallTime> mail_date(std::string_view text) {
  Scanner in(text);
  if (const std::size_t comma = text.find(','); comma != text.npos)
    in.skip_to(trimmed(text.substr(comma + 1)));
  const unsigned day_of_month = in.digits(1, 2);
  in.expect(' ');
  const unsigned month = in.month();
  in.expect(' ');
  WallTime time = day(in, in.digits(4), month, day_of_month);
  in.expect(' ');
  time += time_of_day(in, true);
  in.expect(' ');
  for (const std::string_view utc : {"GMT", "UTC", "UT", "Z"}) {
    if (in.rest() == utc) in.skip_to("+0000");
  }
  time -= offset(in);
  return in.done() ? believable(time) : std::nullopt;
}

std::optional<WallTime> since_epoch(std::string_view text, double units_per_second) {
  const auto number = parse_number(text);
  if (!number) return std::nullopt;
  const std::chrono::duration<double> since(*number / units_per_second);
  if (since < kFirst.time_since_epoch() || since >= kEnd.time_since_epoch()) return std::nullopt;
  return WallTime(std::chrono::round<std::chrono::microseconds>(since));
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<WallTime> parse_time(std::string_view text, TimeField::As as) {
  switch (as) {
    case TimeField::As::rfc3339:
      return date_time(text, false);
    case TimeField::As::local:
      return date_time(text, true);
    case TimeField::As::rfc2822:
      return mail_date(text);
    case TimeField::As::epoch_seconds:
      return since_epoch(text, 1);
    case TimeField::As::epoch_milliseconds:
      return since_epoch(text, 1e3);
    case TimeField::As::epoch_microseconds:
      return since_epoch(text, 1e6);
  }
  return std::nullopt;
}

}  // namespace telephony
