// Which few bytes of each sign are looked for: rare ones, and those that many signs share.
#include <algorithm>
#include <map>

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

/// What looking for the bytes costs: they are compared everywhere, and a hit takes some 300 times as long.
/// Letters stand together as words do, and a word such as "call" may stand in every line.
double cost(const std::string& bytes) {
  constexpr double kSameWord = 15;
  double chance = 1;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    chance *= frequency(c);
    if (i > 0 && is_letter(c) && is_letter(static_cast<unsigned char>(bytes[i - 1]))) chance *= kSameWord;
  }
  return 1 + 300 * chance;
}

Places places_of(const std::vector<Sign*>& signs) {
  Places places;
  for (Sign* sign : signs) {
    std::string text = sign->text;
    std::transform(text.begin(), text.end(), text.begin(), folded);
    const std::size_t size = std::min(text.size(), kNeedleBytes);
    for (std::size_t at = 0; at + size <= text.size(); ++at) {
      std::vector<Place>& holders = places[text.substr(at, size)];
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
