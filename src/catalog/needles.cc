// Which two bytes of each text are looked for: rare ones, and those that many texts share.
#include <algorithm>
#include <map>
#include <tuple>

#include "catalog/load.h"

namespace telephony {
namespace {

using NeedleKey = std::tuple<unsigned char, unsigned char, std::uint8_t>;
using Places = std::map<NeedleKey, std::vector<std::pair<Sign*, std::size_t>>>;

unsigned char folded(char c) { return static_cast<unsigned char>(c) | 0x20U; }

/// How many bytes of a log are such a one, roughly: the order matters more than the figure.
double frequency(unsigned char c) {
  constexpr std::string_view kCommon = "etaoinsrhldcu";
  constexpr std::string_view kMarks = ":-.,=_/\"";
  if (c == ' ') return 0.15;
  if (c >= '0' && c <= '9') return 0.03;
  if (kCommon.find(static_cast<char>(c)) != kCommon.npos) return 0.04;
  if (c >= 'a' && c <= 'z') return 0.012;
  return kMarks.find(static_cast<char>(c)) != kMarks.npos ? 0.02 : 0.004;
}

/// What a needle costs for each byte of a log: it is compared everywhere, and a hit is looked at, which takes
/// some 300 times as long.
double cost(const NeedleKey& needle) {
  const auto& [first, second, distance] = needle;
  return 1 + 300 * frequency(first) * (distance == 0 ? 1 : frequency(second));
}

void add_places(Sign& sign, Places& places) {
  const std::string& text = sign.text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = std::min(text.size(), i + kNeedleReach + 1);
    for (std::size_t j = text.size() == 1 ? i : i + 1; j < end; ++j) {
      auto& holders = places[{folded(text[i]), folded(text[j]), static_cast<std::uint8_t>(j - i)}];
      if (holders.empty() || holders.back().first != &sign) holders.emplace_back(&sign, i);
    }
  }
}

/// The needle that is cheapest for each of the signs that have none yet.
Places::const_iterator best(const Places& places) {
  const auto value = [](const Places::value_type& place) {
    return static_cast<double>(place.second.size()) / cost(place.first);
  };
  return std::max_element(places.begin(), places.end(),
                          [&](const auto& a, const auto& b) { return value(a) < value(b); });
}

}  // namespace

void choose_needles(Reading& reading) {
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
    Places places;
    for (Sign* sign : open) add_places(*sign, places);
    const auto& [needle, holders] = *best(places);
    const auto& [first, second, distance] = needle;
    reading.needles.push_back({first, second, distance});
    for (const auto& [sign, at] : holders) sign->needle = at;
    std::erase_if(open, [&holders = holders](Sign* sign) {
      return std::any_of(holders.begin(), holders.end(), [&](const auto& h) { return h.first == sign; });
    });
  }
}

}  // namespace telephony
