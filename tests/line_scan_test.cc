// Lines and hits against those that are found byte by byte.
#include "decode/line_scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace telephony {
namespace {

using Line = std::pair<std::string, std::vector<std::uint32_t>>;

bool is_odd(std::string_view line) {
  return line.empty() || line.size() > limits::kLineBytes ||
         begins_oddly(static_cast<unsigned char>(line[0]));
}

/// Lines that are passed are taken from the text, and must be neither odd nor hit.
std::vector<Line> scanned(std::string_view text, std::span<const Needle> needles, bool all = false) {
  static LineScan scan;
  std::vector<Line> lines;
  std::size_t start = 0;
  const auto give = [&](std::string_view line, Hits hits) {
    EXPECT_EQ(line.data(), text.data() + start);
    lines.emplace_back(line, std::vector<std::uint32_t>(hits.at.begin(), hits.at.end()));
    start += line.size() + 1;
  };
  const auto pass = [&](std::size_t count) {
    EXPECT_TRUE(!all || count == 0);
    for (; count > 0; --count) {
      const std::string_view line = text.substr(start, text.find('\n', start) - start);
      EXPECT_FALSE(is_odd(line)) << line;
      lines.emplace_back(line, std::vector<std::uint32_t>());
      start += line.size() + 1;
    }
  };
  scan.each_line(text, needles, all, give, pass);
  return lines;
}

bool stands_at(std::string_view text, std::size_t at, const Needle& needle) {
  if (at + needle.size > text.size()) return false;
  for (std::size_t i = 0; i < needle.size; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) | 0x20U) != needle.bytes[i]) return false;
  }
  return true;
}

/// The slow way to the same.
std::vector<Line> searched(std::string_view text, std::span<const Needle> needles) {
  std::vector<Line> lines;
  std::size_t start = 0;
  for (std::size_t end = 0; end <= text.size(); ++end) {
    if (end < text.size() ? text[end] != '\n' : start == end) continue;
    Line& line = lines.emplace_back(text.substr(start, end - start), std::vector<std::uint32_t>());
    for (std::size_t at = start; at < end; ++at) {
      for (const Needle& needle : needles) {
        if (!stands_at(text, at, needle)) continue;
        line.second.push_back(static_cast<std::uint32_t>(at - start));
        break;
      }
    }
    start = end + 1;
  }
  return lines;
}

/// Of few letters, so that needles hit often, and of many line ends.
std::string random_text(std::mt19937& random, std::size_t size) {
  static constexpr std::string_view kLetters = "aAbB xy0_{\t\x7f\xc1\xe1";
  const unsigned line = 1 + random() % 300;
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += random() % line == 0 ? '\n' : kLetters[random() % kLetters.size()];
  }
  return text;
}

TEST(LineScan, FindsWhatIsFoundByteByByte) {
  std::mt19937 random(1);
  const std::vector<std::vector<Needle>> lists = {
      {},
      {{{'a', 'b'}, 2}},
      {{{'a'}, 1}, {{'x', 'y', 'x', 'a'}, 4}},
      {{{' ', '0', 'b'}, 3}, {{0xe1, 0x7f}, 2}, {{'y', 'y', 'y', 'y'}, 4}, {{'b', 'a', 'b', 'a'}, 4}}};
  for (int round = 0; round < 400; ++round) {
    // Around blocks, tiles and the reach of needles, and where nothing can be read behind the text.
    const std::size_t near = std::array<std::size_t, 5>{0, 64, 128, 4096, 8192}[random() % 5];
    const std::size_t size = near + random() % 40 - std::min<std::size_t>(near, 20);
    const std::string text = random_text(random, size);
    const std::vector<char> exact(text.begin(), text.end());
    const std::string_view view(exact.data(), exact.size());
    for (const auto& needles : lists) {
      ASSERT_EQ(scanned(view, needles), searched(view, needles)) << text;
      ASSERT_EQ(scanned(view, needles, true), searched(view, needles)) << text;
    }
  }
}

/// More than have a bit of their own, of which some tell the same beginning.
TEST(LineScan, TellsManyNeedlesApart) {
  std::mt19937 random(2);
  std::vector<Needle> needles;
  for (unsigned char first : {'a', 'b', 'x', 'y', '0'}) {
    for (unsigned char second : {'a', 'b', 'x', 'y', ' '}) {
      for (unsigned char third : {'a', 'b', '0'}) needles.push_back({{first, second, third, 'x'}, 4});
    }
  }
  for (int round = 0; round < 20; ++round) {
    const std::string text = random_text(random, 5000);
    ASSERT_EQ(scanned(text, needles), searched(text, needles));
    const auto give = [](std::string_view, Hits hits) { EXPECT_EQ(hits.at.empty(), hits.needles == 0); };
    LineScan().each_line(text, needles, false, give, [](std::size_t) {});
  }
}

TEST(LineScan, TellsOnlySoManyHitsOfOneLine) {
  const std::vector<Needle> needles = {{{'a'}, 1}};
  const auto lines = scanned(std::string(3 * limits::kLineBytes, 'a') + "\naa\n", needles);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].second.size(), limits::kLineBytes);
  EXPECT_EQ(lines[1].second, (std::vector<std::uint32_t>{0, 1}));
}

}  // namespace
}  // namespace telephony
