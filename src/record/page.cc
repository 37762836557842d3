#include "telephony_exporter/record/page.h"

#include <simdjson.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace telephony {
namespace {

using prometheus::MetricType;

constexpr std::size_t kExemplarCharacters = 128;  // of all names and values of its labels

constexpr std::string_view kUnits[] = {"seconds", "bytes", "ratio", "erlangs"};

std::string_view type_name(MetricType type, bool openmetrics) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Summary:
      return "summary";
    case MetricType::Histogram:
      return "histogram";
    default:
      return openmetrics ? "unknown" : "untyped";
  }
}

/// As OpenMetrics has it: the suffix of a counter or an info belongs to its samples, not to its name.
std::pair<std::string_view, std::string_view> openmetrics_name(const FamilyHead& head) {
  constexpr std::string_view kTotal = "_total", kInfo = "_info";
  const std::string_view name = head.name;
  if (head.type == MetricType::Counter) {
    if (!name.ends_with(kTotal)) return {name, "unknown"};
    return {name.substr(0, name.size() - kTotal.size()), "counter"};
  }
  if (head.type == MetricType::Gauge && name.ends_with(kInfo))
    return {name.substr(0, name.size() - kInfo.size()), "info"};
  return {name, type_name(head.type, true)};
}

std::string_view unit_of(std::string_view name) {
  const std::size_t at = name.rfind('_');
  const std::string_view last = at == name.npos ? "" : name.substr(at + 1);
  return std::find(std::begin(kUnits), std::end(kUnits), last) == std::end(kUnits) ? "" : last;
}

/// The kernel then hands out 2 MB at once, where it can: to fault in a long text by 4 KB takes longer than to
/// write it. The last eighth is left to small ones, because numbers are shorter than there is room for.
void ask_for_large_pages(std::string& text) {
  constexpr std::uintptr_t kLargePage = 2 * 1024 * 1024;
  const std::size_t surely = text.capacity() / 8 * 7;
  const auto first = reinterpret_cast<std::uintptr_t>(text.data());
  const std::uintptr_t before = (kLargePage - first % kLargePage) % kLargePage;
  if (surely < before + kLargePage) return;
  madvise(text.data() + before, (surely - before) / kLargePage * kLargePage, MADV_HUGEPAGE);
}

/// From "00" to "99".
constexpr auto kPairs = [] {
  std::array<std::array<char, 2>, 100> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
  return pairs;
}();

template <std::size_t Size>
char* write_pairs(char* at, const std::array<std::uint32_t, Size>& pairs) {
  for (const std::uint32_t pair : pairs) at = std::copy(kPairs[pair].begin(), kPairs[pair].end(), at);
  return at;
}

/// Seconds from 2001 to 2286: their digits need not be counted first, and none waits for the one before.
bool is_of_ten_digits(std::uint64_t value) { return value >= 1'000'000'000 && value < 10'000'000'000; }

char* write_ten_digits(char* at, std::uint64_t value) {
  const auto high = static_cast<std::uint32_t>(value / 10'000),
             low = static_cast<std::uint32_t>(value % 10'000);
  return write_pairs(at, std::array{high / 10'000, high / 100 % 100, high % 100, low / 100, low % 100});
}

}  // namespace

UnixMicros to_micros(WallTime time) {
  return UnixMicros{std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count()};
}

char* write_number(char* at, std::uint64_t value) { return std::to_chars(at, at + kNumberBytes, value).ptr; }

/// Doubles stand closer together than microseconds until the year 2242, so these digits are the shortest.
char* write_number(char* at, UnixMicros value) {
  constexpr std::int64_t kSecond = 1'000'000;
  const auto micros = static_cast<std::int64_t>(value);
  if (micros < 0) return write_number(at, static_cast<double>(micros) / kSecond);
  const auto seconds = static_cast<std::uint64_t>(micros / kSecond);
  const auto rest = static_cast<std::uint32_t>(micros % kSecond);
  at = is_of_ten_digits(seconds) ? write_ten_digits(at, seconds) : write_number(at, seconds);
  *at++ = '.';
  at = write_pairs(at, std::array{rest / 10'000, rest / 100 % 100, rest % 100});
  while (at[-1] == '0') --at;
  return at[-1] == '.' ? at - 1 : at;
}

char* write_number(char* at, double value) {
  constexpr double kExact = 1LL << 53;
  const auto word = [at](std::string_view text) { return std::copy(text.begin(), text.end(), at); };
  if (std::isnan(value)) return word("NaN");
  if (std::isinf(value)) return word(value > 0 ? "+Inf" : "-Inf");
  const bool whole = std::abs(value) < kExact && value == std::trunc(value);
  return whole ? std::to_chars(at, at + kNumberBytes, static_cast<std::int64_t>(value)).ptr
               : std::to_chars(at, at + kNumberBytes, value).ptr;
}

Page::Page(PageFormat format, std::size_t bytes, std::string old) : format_(format), text_(std::move(old)) {
  if (text_.capacity() >= bytes) return;
  text_ = std::string();  // so that both are never there at once
  text_.reserve(bytes);
  ask_for_large_pages(text_);
}

void Page::grow(std::size_t bytes) {
  constexpr std::size_t kBlockBytes = 16 * 1024;
  text_.resize(std::max(used_ + bytes, std::min(used_ + kBlockBytes, text_.capacity())));
}

void Page::put(std::string_view text) {
  used_ = static_cast<std::size_t>(std::copy(text.begin(), text.end(), room(text.size())) - text_.data());
}

void Page::begin(const FamilyHead& head, std::string_view type) {
  auto [name, known_type] =
      openmetrics() ? openmetrics_name(head) : std::pair(head.name, type_name(head.type, false));
  if (openmetrics() && !type.empty()) known_type = type;
  const auto line = [&, name = name](std::string_view what, std::string_view rest) {
    put(what);
    put(name);
    put(" ");
    put(rest);
    put("\n");
  };
  if (!head.help.empty()) {
    std::string help;
    append_escaped(help, head.help, openmetrics());
    line("# HELP ", help);
  }
  line("# TYPE ", known_type);
  if (!openmetrics() || known_type == "info" || known_type == "stateset") return;
  if (const std::string_view unit = unit_of(name); !unit.empty()) line("# UNIT ", unit);
}

std::string Page::text() && {
  if (openmetrics()) put("# EOF\n");
  text_.resize(used_);
  return std::move(text_);
}

void append_escaped(std::string& out, std::string_view text, bool quoted) {
  const auto has = [text](char c) { return text.find(c) != text.npos; };  // many characters at a time
  if (!has('\n') && !has('\\') && !(quoted && has('"'))) {
    out += text;
    return;
  }
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || (c == '"' && quoted)) out += '\\';
      out += c;
    }
  }
}

std::string rendered_labels(const std::vector<prometheus::ClientMetric::Label>& labels) {
  std::string out;
  for (const auto& label : labels) {
    if (!out.empty()) out += ',';
    out.append(label.name).append("=\"");
    append_escaped(out, label.value, true);
    out += '"';
  }
  return out;
}

std::string rendered_exemplar(const Exemplar& exemplar) {
  static constexpr std::string_view kName = "session_id";
  const std::string& id = exemplar.session;
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  const auto characters = static_cast<std::size_t>(std::count_if(id.begin(), id.end(), begins));
  if (kName.size() + characters > kExemplarCharacters || !simdjson::validate_utf8(id)) return "";
  std::string out = " # {" + rendered_labels({{std::string(kName), id}}) + "} 1 ";
  std::array<char, kNumberBytes> digits;
  const double seconds = static_cast<double>(to_micros(exemplar.received)) / 1e6;
  const auto end = std::to_chars(digits.begin(), digits.end(), seconds, std::chars_format::fixed);
  return out.append(digits.data(), end.ptr);
}

}  // namespace telephony
