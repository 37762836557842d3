// Line patterns: how they are written, and where they match.
#include "telephony_exporter/decode/line.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

std::vector<LinePattern> patterns_of(const std::vector<std::string>& texts) {
  std::vector<LinePattern> patterns;
  for (const std::string& text : texts) {
    patterns.push_back(LinePattern::parse(text));
    patterns.back().kind = "p" + std::to_string(patterns.size());
  }
  return patterns;
}

std::string match(const std::vector<std::string>& patterns, const std::string& line) {
  const auto parsed = patterns_of(patterns);
  const auto found = match_line(parsed, line);
  if (!found) return "nothing";
  std::string out(found->kind);
  for (const auto part : {found->code, found->text, found->id}) out += '|' + std::string(part);
  for (const auto part : {found->account, found->reason}) out += part.empty() ? "" : '|' + std::string(part);
  return out;
}

struct Case {
  const char* pattern;
  const char* line;
  const char* match;
};

const Case kCases[] = {
    {"Telephony - {code} - {text}", "Telephony - 403 - Invalid credentials", "p1|403|Invalid credentials|"},
    {"Telephony - {code} - {text}", "x Telephony - 403 - Invalid credentials", "p1|403|Invalid credentials|"},
    {"Telephony - {code} - {text}", "Telephony - 403 - ", "p1|403||"},
    {"Telephony - {code} - {text}", "Telephony - 403", "nothing"},
    {"Telephony - {code} - {text}", "telephony - 403 - x", "nothing"},
    {"Telephony - {code} - {text}", "", "nothing"},
    {"Telephony - {code} - {text}", "Telephony - worker, Telephony - 486 - Busy", "p1|486|Busy|"},
    {"Telephony - {code} - {text}", "a \"Telephony - 486 - Busy\" b", "p1|486|Busy|"},
    {"Telephony - {code} - {text}", "a 'Telephony - 486 - Busy' b", "p1|486|Busy|"},
    {"Telephony - {code} - {text}", "a 'Telephony - 486 - Busy", "p1|486|Busy|"},
    {"Telephony - {code} - {text}", "a \"x Telephony - 486 - It's \"busy\"", "p1|486|It's \"busy\"|"},
    {"Telephony - {code} - {text},", "a,Telephony - 486 - Busy,b,c", "p1|486|Busy|"},
    {"Telephony - {code} - {text},", "Telephony - 486 - Busy", "nothing"},
    {"code={code}", "code=-2010", "p1|-2010||"},
    {"code={code}", "code=-2010.", "p1|-2010||"},
    {"code={code}", "code=-2010,x", "p1|-2010||"},
    {"code={code}", "code=2010x", "nothing"},
    {"code={code}", "code=2010_", "nothing"},
    {"code={code}", "code=1234567890123456789012345678901234567890123456789012345678901234",
     "p1|1234567890123456789012345678901234567890123456789012345678901234||"},
    {"code={code}", "code=12345678901234567890123456789012345678901234567890123456789012345", "nothing"},
    {"code={code}", "code=-", "nothing"},
    {"code={code}", "code=--1", "nothing"},
    {"code={code}", "code=+1", "nothing"},
    {"code={code}", "code= 1", "nothing"},
    {"code={code}", "code=none code=17", "p1|17||"},
    {"code={code}", "errorcode=17", "p1|17||"},
    {"code={word}", "code=QUEUE_OVERFLOW&x", "p1|QUEUE_OVERFLOW||"},
    {"code={word}", "code=queue-overflow 2", "p1|queue-overflow||"},
    {"code={word}", "code=30001", "p1|30001||"},
    {"code={word}", "code=", "nothing"},
    {"id={id} code={code}", "id=a:b/c code=5", "p1|5||a:b/c"},
    {"id={id};code={code}", "id=a;code=5", "p1|5||a"},
    {"id={id} code={code}", "id= code=5", "nothing"},
    {"from {} code={code}", "from a b c code=5", "p1|5||"},
    {"from {} code={code}", "from code=5", "nothing"},
    {"from {}code={code}", "from code=5", "p1|5||"},
    {"cause={code};text=\"{text}\"", "cause=16;text=\"Normal, clearing\" x", "p1|16|Normal, clearing|"},
    {"cause={code};text=\"{text}\"", "cause=16;text=\"not closed", "nothing"},
    {"aa{code}", "aaa7", "p1|7||"},
    {"trunk={account} code={code}", "trunk=gw-1 code=5", "p1|5|||gw-1"},
    {"trunk={account};code={code}", "trunk=;code=5", "nothing"},
    {"Reason: {reason}", "Reason: SIP;cause=486;text=\"a, b\" x", "p1||||SIP;cause=486;text=\"a, b\" x"},
    {"Reason: {reason}", "Reason: Q.850 ;cause=17", "p1||||Q.850 ;cause=17"},
    {"Reason: {reason}", "Reason: because; of you", "p1||||because; of you"},
    {"Reason: {reason}", "Reason: because of you", "nothing"},
    {"Reason: {reason}", "Reason: ;cause=1", "nothing"},
    {"Reason: {reason}", "Reason: SIP", "nothing"},
    {"reason=\"{reason}\" x", "reason=\"SIP;cause=1\" x", "p1||||SIP;cause=1"},
};

TEST(MatchLine, FindsThePatternAnywhere) {
  for (const Case& c : kCases)
    EXPECT_EQ(match({c.pattern}, c.line), c.match) << c.pattern << " in " << c.line;
}

TEST(MatchLine, TheFirstPatternOfTheListWins) {
  EXPECT_EQ(match({"code={code}", "reason={code}"}, "reason=1 code=2"), "p1|2||");
  EXPECT_EQ(match({"code={code}", "reason={code}"}, "reason=1 code=x"), "p2|1||");
  EXPECT_EQ(match({}, "code=1"), "nothing");
}

TEST(MatchLine, ACaptureOfAFailedTryIsForgotten) {
  EXPECT_EQ(match({"id={id} code={code}"}, "id=a code=x id=b code=2"), "p1|2||b");
}

TEST(MatchLine, SearchesNoMoreThanALine) {
  const std::string room(limits::kLineBytes - 6, ' ');
  EXPECT_EQ(match({"code={code}"}, room + "code=7"), "p1|7||");
  EXPECT_EQ(match({"code={code}"}, room + " code=7"), "nothing");
  std::string long_field;
  while (long_field.size() < limits::kBodyBytes) long_field += "code=1 - ";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(match({"code={code} - {text},"}, long_field), "nothing");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(LinePattern, SaysWhatIsWrong) {
  const std::map<std::string, std::string> cases = {
      {"", "captures neither a code nor a text"},
      {"error", "captures neither a code nor a text"},
      {"error {id}", "captures neither a code nor a text"},
      {"{code}", "a capture must follow a literal text"},
      {"a {code}{text}", "a capture must follow a literal text"},
      {"a {code", "'{' is not closed"},
      {"a {Code}",
       "unknown capture '{Code}'; expected {code}, {word}, {text}, {reason}, {id}, {account} or {}"},
      {"a { code }",
       "unknown capture '{ code }'; expected {code}, {word}, {text}, {reason}, {id}, {account} or {}"},
  };
  for (const auto& [text, what] : cases) {
    try {
      LinePattern::parse(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const std::invalid_argument& e) {
      EXPECT_EQ(e.what(), what) << text;
    }
  }
}

TEST(LinePattern, IsLiteralsAndCapturesInTurn) {
  using Part = LinePattern::Part;
  const LinePattern pattern = LinePattern::parse("a {code} b} {text}");
  ASSERT_EQ(pattern.pieces.size(), 4U);
  EXPECT_EQ(pattern.pieces[0].literal, "a ");
  EXPECT_EQ(pattern.pieces[1].part, Part::code);
  EXPECT_EQ(pattern.pieces[2].literal, " b} ");
  EXPECT_EQ(pattern.pieces[3].part, Part::text);
}

TEST(MatchLine, AnIdMayHoldLettersOfAnyAlphabet) {
  const std::vector<LinePattern> patterns = {LinePattern::parse("code={code} id={id}")};
  EXPECT_EQ(match_line(patterns, "code=404 id=M\u00fcller-1 x")->id, "M\u00fcller-1");
  EXPECT_EQ(match_line(patterns, "code=404 id=M\u00fcller-2")->id, "M\u00fcller-2");
}

TEST(MatchLine, ACodeThatTheLimitCutsIsNoCode) {
  const std::vector<LinePattern> patterns = {LinePattern::parse("code={code}")};
  const std::string filler(limits::kLineBytes - std::string("code=404").size(), ' ');
  EXPECT_EQ(match_line(patterns, filler + "code=404")->code, "404");
  EXPECT_FALSE(match_line(patterns, filler + "code=4041"));
}

}  // namespace
}  // namespace telephony
