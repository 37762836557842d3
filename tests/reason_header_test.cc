#include "telephony_exporter/decode/reason_header.h"

#include <gtest/gtest.h>

namespace telephony {
namespace {

std::string shown(const std::vector<ReasonValue>& values) {
  std::string text;
  for (const ReasonValue& v : values) text += '[' + v.protocol + '|' + v.cause + '|' + v.text + ']';
  return text;
}

TEST(ParseReason, Rfc3326) {
  const std::map<std::string, std::string> cases = {
      {"", ""},
      {" \t", ""},
      {R"(SIP;cause=200;text="Call completed elsewhere")", "[SIP|200|Call completed elsewhere]"},
      {R"(Q.850 ;cause=16 ;text="Terminated")", "[Q.850|16|Terminated]"},
      {R"(SIP ; cause = 600 ; text = "Busy Everywhere")", "[SIP|600|Busy Everywhere]"},
      {R"(sip;CAUSE=580;TEXT="Precondition Failure")", "[sip|580|Precondition Failure]"},
      {R"(SIP;text="no cause")", "[SIP||no cause]"},
      {R"(SIP;cause=486;extension=x;other)", "[SIP|486|]"},
      {R"(SIP;text="Busy, here; really";cause=486)", "[SIP|486|Busy, here; really]"},
      {R"(SIP;text="a \"quoted\" \\ text";cause=486)", R"([SIP|486|a "quoted" \ text])"},
      {R"(SIP;cause=486,Q.850;cause=17)", "[SIP|486|][Q.850|17|]"},
      {R"(SIP;cause=486 , Q.850;cause=17 , CPaaS;cause=1105;text="Call No Answer")",
       "[SIP|486|][Q.850|17|][CPaaS|1105|Call No Answer]"},
      {"SIP;cause=486,", "[SIP|486|]"},
      {",SIP;cause=486", "[SIP|486|]"},
      {"SIP", ""},
      {"SIP;cause", ""},
      {"SIP;cause=", ""},
      {"SIP;cause=abc", ""},
      {"SIP;cause=-1", ""},
      {"SIP;cause=12345678901", ""},
      {"SIP;cause=1234567890", "[SIP|1234567890|]"},
      {R"(SIP;cause=486;text="not closed)", "[SIP|486|not closed]"},
      {R"(SIP;cause=486;text="not closed\)", "[SIP|486|not closed\\]"},
      {"Call No Answer", ""},
      {"Call No Answer, SIP;cause=486", "[SIP|486|]"},
      {R"("quoted, words", SIP;cause=486)", "[SIP|486|]"},
      {";;;", ""},
      {"=,=;=", ""},
  };
  for (const auto& [header, values] : cases) EXPECT_EQ(shown(parse_reason(header)), values) << header;
}

TEST(ParseReason, AnythingEnds) {
  std::string text;
  for (int i = 0; i < 4096; ++i) {
    text += ";,=\" \\aS1"[(i * 7 + i / 9) % 9];
    EXPECT_LE(parse_reason(text).size(), text.size());
  }
}

}  // namespace
}  // namespace telephony
