// Which few bytes of each sign are looked for: rare ones, and those that many signs share.
#include <algorithm>
#include <map>
#include <utility>

#include "catalog/load.h"

namespace telephony {
namespace {

/// A sign, and where in it the bytes stand.
using Place = std::pair<Sign*, std::size_t>;
using Places = std::map<std::string, std::vector<Place>>;

unsigned char folded(char c) { return static_cast<unsigned char>(c) | 0x20U; }

bool is_letter(unsigned char c) { return c >= 'a' && c <= 'z'; }

/// How many bytes of a log are such a one, roughly: the order matters more than the figure.
double frequency(unsigned char c) {
  constexpr std::string_view kCommonLetters = "etaoinsrhldcu";
  constexpr std::string_view kCommonMarks = ":-.,=/\"";
  if (c == ' ') return 0.15;
  if (c >= '0' && c <= '9') return 0.03;
  if (kCommonLetters.find(static_cast<char>(c)) != kCommonLetters.npos) return 0.04;
  if (is_letter(c)) return 0.012;
  return kCommonMarks.find(static_cast<char>(c)) != kCommonMarks.npos ? 0.02 : 0.004;
}

/// How much more often than by chance a byte stands behind another one. Letters stand together as words do,
/// and a word such as "call" may stand in every line; a blank stands where words begin and end.
double attraction(unsigned char before, unsigned char c) {
  constexpr double kSameWord = 15;
  constexpr double kWordEnd = 3;
  if (is_letter(before) && is_letter(c)) return kSameWord;
  const bool word_end = (is_letter(before) && c == ' ') || (before == ' ' && is_letter(c));
  return word_end ? kWordEnd : 1;
}

/// How often the bytes stand in a log, roughly.
double chance(std::string_view bytes) {
  double chance = 1;
  unsigned char before = 0;
  for (const char byte : bytes) {
    const auto c = static_cast<unsigned char>(byte);
    chance *= frequency(c) * attraction(std::exchange(before, c), c);
  }
  return chance;
}

/// What looking for the bytes costs: the first ones are compared everywhere, all of them where these stand,
/// which takes some 30 times as long, and a hit takes some 300 times as long.
double cost(std::string_view bytes) { return 1 + 30 * chance(bytes.substr(0, 3)) + 300 * chance(bytes); }

/// What fewer bytes say is said in too many lines.
constexpr std::size_t kLeastBytes = 3;

Places places_of(const std::vector<Sign*>& signs) {
  Places places;
  for (Sign* sign : signs) {
    std::string text = sign->text;
    std::transform(text.begin(), text.end(), text.begin(), folded);
    const std::size_t least = std::min(text.size(), kLeastBytes);
    for (std::size_t at = 0; at + least <= text.size(); ++at) {
      std::vector<Place>& holders = places[text.substr(at, kNeedleBytes)];
      if (holders.empty() || holders.back().first != sign) holders.emplace_back(sign, at);
    }
  }
  return places;
}

/// The bytes that cost least for each of the signs.
const Places::value_type& best(const Places& places) {
  const auto value = [](const Places::value_type& place) {
    return static_cast<double>(place.second.size()) / cost(place.first);
  };
  return *std::max_element(places.begin(), places.end(),
                           [&](const auto& a, const auto& b) { return value(a) < value(b); });
}

Needle needle_of(const std::string& bytes) {
  Needle needle;
  needle.size = static_cast<std::uint8_t>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), needle.bytes.begin());
  return needle;
}

void count_runs(std::vector<LinePattern>& lines) {
  for (std::size_t i = lines.size(); i-- > 1;) {
    if (lines[i - 1].sign.text == lines[i].sign.text) lines[i - 1].run = lines[i].run + 1;
  }
}

}  // namespace

void choose_needles(Reading& reading) {
  count_runs(reading.lines);
  std::vector<Sign*> open;
  for (LinePattern& line : reading.lines) open.push_back(&line.sign);
  for (Layout& layout : reading.layouts) {
    reading.any_line |= layout.signs.empty();
    for (Sign& sign : layout.signs) open.push_back(&sign);
  }
  // Every line holds the empty text.
  const auto empty = [](const Sign* sign) { return sign->text.empty(); };
  reading.any_line |= std::any_of(open.begin(), open.end(), empty);
  std::erase_if(open, empty);
  while (!open.empty()) {
    const Places places = places_of(open);
    const auto& [bytes, holders] = best(places);
    reading.needles.push_back(needle_of(bytes));
    for (const auto& [sign, at] : holders) {
      sign->needle = at;
      sign->bit = needle_bit(reading.needles.size() - 1);
      std::erase(open, sign);
    }
  }
}

}  // namespace telephony
