// The Retry-After header of SIP, as a pure function.
#include "telephony_exporter/decode/retry_after.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace telephony {
namespace {

std::string shown(std::string_view value) {
  const auto parsed = parse_retry_after(value);
  if (!parsed) return "nothing";
  std::string text = std::to_string(parsed->delay.count());
  if (parsed->duration) text += " for " + std::to_string(parsed->duration->count());
  return text;
}

TEST(ParseRetryAfter, Rfc3261) {
  const std::map<std::string, std::string> cases = {
      {"18000;duration=3600", "18000 for 3600"},
      {"120 (I'm in a meeting)", "120"},
      {"120(I'm in a meeting);duration=60", "120 for 60"},
      {" 120 ( a (nested) \\) comment ) ; duration = 60 ; x=\"a;b\" ; y ", "120 for 60"},
      {"5", "5"},
      {"0", "0"},
      {"007", "7"},
      {"4294967295", "4294967295"},
      {"4294967296", "4294967295"},
      {"99999999999999999999999999", "4294967295"},
      {"60;DURATION=10", "60 for 10"},
      {"60;duration=", "60"},
      {"60;duration=long", "60"},
      {"", "nothing"},
      {" ", "nothing"},
      {"-5", "nothing"},
      {"1.5", "nothing"},
      {"5 seconds", "nothing"},
      {"60;", "nothing"},
      {"60 (not closed", "nothing"},
      {"60 (not closed\\", "nothing"},
      {"Fri, 21 Nov 2026 00:00:00 GMT", "nothing"},
      {"\"60\"x", "nothing"},
      {";duration=5", "nothing"},
      {"60, 70", "nothing"},
  };
  for (const auto& [value, expected] : cases) EXPECT_EQ(shown(value), expected) << value;
}

TEST(ParseRetryAfter, AnythingEnds) {
  std::string text;
  for (int i = 0; i < 4096; ++i) {
    text += "5;,=\" \\()d"[(i * 7 + i / 9) % 10];
    shown(text);
  }
}

}  // namespace
}  // namespace telephony
