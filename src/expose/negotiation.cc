#include <algorithm>
#include <optional>
#include <vector>

#include "telephony_exporter/expose/exposition.h"

namespace telephony {
namespace {

constexpr std::string_view kSpace = " \t";
constexpr int kMost = 1000;  // a q of 1, in thousandths

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  return begin == text.npos ? "" : text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// Takes what stands before a separator that is not quoted.
std::string_view next(std::string_view& rest, char separator) {
  std::size_t end = 0;
  for (bool quoted = false; end < rest.size() && (quoted || rest[end] != separator); ++end) {
    if (rest[end] == '"') quoted = !quoted;
  }
  const std::string_view found = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim(found);
}

/// 0 to 1 with at most three decimals, in thousandths.
std::optional<int> weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int thousandths = (text[0] - '0') * kMost;
  int unit = kMost;
  for (const char digit : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (digit < '0' || digit > '9') return std::nullopt;
    thousandths += (digit - '0') * (unit /= 10);
  }
  return thousandths > kMost ? std::nullopt : std::optional(thousandths);
}

struct Range {
  std::string_view type;
  std::string_view version;
  int q = kMost;
};

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::optional<Range> read_range(std::string_view text) {
  Range range{next(text, ';'), "", kMost};
  if (std::count(range.type.begin(), range.type.end(), '/') != 1) return std::nullopt;
  while (!text.empty()) {
    std::string_view value = next(text, ';');
    const std::string_view name = next(value, '=');
    if (same(name, "version")) range.version = unquoted(value);
    if (!same(name, "q")) continue;
    const auto q = weight(value);
    if (!q) return std::nullopt;
    range.q = *q;
  }
  return range;
}

/// The weight of a format is that of the most specific range that takes it.
struct Wish {
  int q = 0;
  int named = 0;  ///< 1 by */*, 2 by type/*, 3 by its name

  void take(const Range& range, int specific) {
    if (specific > named || (specific == named && range.q > q)) q = range.q;
    named = std::max(named, specific);
  }
};

void take(const Range& range, std::string_view type, bool version, Wish& wish) {
  const std::string_view whole = type.substr(0, type.find('/') + 1);
  if (same(range.type, type) && version) wish.take(range, 3);
  if (range.type.ends_with("/*") && same(range.type.substr(0, range.type.size() - 1), whole))
    wish.take(range, 2);
  if (range.type == "*/*") wish.take(range, 1);
}

}  // namespace

PageFormat negotiate(std::string_view accept) {
  Wish text, openmetrics;
  while (!accept.empty()) {
    const std::string_view element = next(accept, ',');
    if (element.empty()) continue;  // RFC 9110, 5.6.1.2: empty elements of lists are ignored
    const auto range = read_range(element);
    if (!range) return PageFormat::text;
    const std::string_view v = range->version;
    take(*range, "text/plain", v.empty() || v == "0.0.4", text);
    take(*range, "application/openmetrics-text", v.empty() || v == "1.0.0" || v == "0.0.1", openmetrics);
  }
  const bool tie = openmetrics.q == text.q && openmetrics.q > 0 && openmetrics.named == 3;
  return openmetrics.q > text.q || tie ? PageFormat::openmetrics : PageFormat::text;
}

}  // namespace telephony
