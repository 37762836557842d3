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
      {"SIP;cause=486;", "[SIP|486|]"},
      {"SIP;cause=486 and words, Q.850;cause=17", "[SIP|486|][Q.850|17|]"},
      {R"(SIP;cause=603;text="v=a;url=https://x.example/,y";location=TN)",
       "[SIP|603|v=a;url=https://x.example/,y]"},
      {"RELEASE_CAUSE;cause=1;text=\"User ends call\",X-1.b;cause=2",
       "[RELEASE_CAUSE|1|User ends call][X-1.b|2|]"},
      {";;;", ""},
      {"=,=;=", ""},
  };
  for (const auto& [header, values] : cases) EXPECT_EQ(shown(parse_reason(header)), values) << header;
}

std::string chosen(std::string_view header, const std::vector<ReasonProtocol>& protocols) {
  const auto found = choose_reason(header, protocols);
  return found ? found->value.protocol + ' ' + found->value.cause + ' ' + std::string(found->numbering)
               : "nothing";
}

TEST(ChooseReason, TakesTheBestProtocolOfTheList) {
  const std::vector<ReasonProtocol> list = {{"CPaaS", ""}, {"SIP", ""}, {"*", ""}, {"Q.850", "q850"}};
  EXPECT_EQ(chosen("Q.850;cause=17, x;cause=1, sip;cause=486, CPAAS;cause=3102", list), "CPAAS 3102 ");
  EXPECT_EQ(chosen("Q.850;cause=17, x;cause=1, sip;cause=486", list), "sip 486 ");
  EXPECT_EQ(chosen("Q.850;cause=17, x;cause=1", list), "x 1 ");
  EXPECT_EQ(chosen("q.850;cause=17", list), "q.850 17 q850");
  EXPECT_EQ(chosen("SIP;cause=486, SIP;cause=404", list), "SIP 486 ") << "the first of one protocol";
  EXPECT_EQ(chosen("SIP;text=\"no cause\", Q.850;cause=17", list), "Q.850 17 q850");
  EXPECT_EQ(chosen("x;cause=1, SIP;cause=486", {{"SIP", ""}}), "SIP 486 ");
  EXPECT_EQ(chosen("x;cause=1", {{"SIP", ""}}), "nothing");
}

TEST(ChooseReason, WithoutAListAnyProtocolButQ850) {
  EXPECT_EQ(chosen("SIP;cause=486, x;cause=1, y;cause=2", {}), "x 1 ");
  EXPECT_EQ(chosen("Q.850;cause=17, SIP;cause=486", {}), "SIP 486 ");
  EXPECT_EQ(chosen("Q.850;cause=17", {}), "nothing");
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
