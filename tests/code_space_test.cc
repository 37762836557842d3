#include "telephony_exporter/catalog/code_space.h"

#include <gtest/gtest.h>

#include "settings_fixture.h"

namespace telephony {
namespace {

TEST(CodePattern, TakesDigitsAndX) {
  for (const char* good : {"11xx", "1xxx", "30xxx", "-10xx", "x", "200", "-x", "1x1x"}) {
    const auto pattern = CodePattern::parse(good);
    ASSERT_TRUE(pattern) << good;
    EXPECT_EQ(pattern->text(), good);
  }
  for (const char* bad : {"", "-", "11XX", "1?x", "1 x", "+1x", "--1", "1-x", "abc", "1*"}) {
    EXPECT_FALSE(CodePattern::parse(bad)) << bad;
  }
}

TEST(CodePattern, MatchesCodesOfItsLength) {
  struct Case {
    const char* pattern;
    const char* code;
    bool matches;
  };
  const std::vector<Case> cases = {
      {"3xxx", "3000", true},   {"3xxx", "3999", true},   {"3xxx", "30001", false},
      {"3xxx", "300", false},   {"3xxx", "-3000", false}, {"3xxx", "3a00", false},
      {"3xxx", "3xxx", false},  {"30xxx", "30001", true}, {"30xxx", "31001", false},
      {"-10xx", "-1004", true}, {"-10xx", "1004", false}, {"-10xx", "-2004", false},
      {"200", "200", true},     {"200", "201", false},    {"x", "5", true},
      {"x", "", false},
  };
  for (const Case& c : cases)
    EXPECT_EQ(CodePattern::parse(c.pattern)->matches(c.code), c.matches) << c.pattern << ' ' << c.code;
}

TEST(CodePattern, CountsItsDigits) {
  EXPECT_EQ(CodePattern::parse("xxxx")->literals(), 0U);
  EXPECT_EQ(CodePattern::parse("11xx")->literals(), 2U);
  EXPECT_EQ(CodePattern::parse("-10xx")->literals(), 2U);
}

TEST(CodePattern, OverlapsWhenOneCodeFitsBoth) {
  const auto overlap = [](const char* a, const char* b) {
    const bool one = CodePattern::parse(a)->overlaps(*CodePattern::parse(b));
    EXPECT_EQ(one, CodePattern::parse(b)->overlaps(*CodePattern::parse(a)));
    return one;
  };
  EXPECT_TRUE(overlap("1xx", "x1x"));
  EXPECT_TRUE(overlap("1xx", "1xx"));
  EXPECT_TRUE(overlap("1xx", "123"));
  EXPECT_FALSE(overlap("1xx", "2xx"));
  EXPECT_FALSE(overlap("1xx", "1xxx"));
  EXPECT_FALSE(overlap("-1x", "1xx"));
  EXPECT_FALSE(overlap("-1x", "x1x")) << "a minus is no digit";
}

Entry entry_of(const std::string& code, const std::string& message, std::vector<std::string> aliases = {}) {
  Entry entry;
  entry.code = code;
  entry.reason = "r" + code;
  entry.family = "generic";
  entry.message = message;
  entry.aliases = std::move(aliases);
  return entry;
}

Family family_of(const std::string& name, const char* pattern) {
  Family family;
  family.name = name;
  if (pattern != nullptr) family.pattern = CodePattern::parse(pattern);
  family.unlisted.code = family.unlisted.reason = std::string(kUnlisted);
  family.unlisted.family = name;
  return family;
}

CodeSpace a_space() {
  CodeSpace space;
  space.products = {"voice", "sms"};
  space.families = {family_of("generic", "1xxx"), family_of("call", "11xx"), family_of("named", nullptr),
                    family_of("sms", "30xxx")};
  space.entries = {entry_of("1000", "Busy here"),
                   entry_of("1101", "Call Terminated (by request)", {"HANGUP", "9"}),
                   entry_of("1000", "No answer"), entry_of("1102", "Busy here")};
  space.build();
  return space;
}

std::vector<std::uint32_t> list(std::span<const std::uint32_t> entries) {
  return {entries.begin(), entries.end()};
}

TEST(CodeSpace, FindsEntriesByCodeInTheFilesOrder) {
  const CodeSpace space = a_space();
  EXPECT_EQ(list(space.with_code("1000")), (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(list(space.with_code("1101")), std::vector<std::uint32_t>{1});
  EXPECT_EQ(list(space.with_code("9")), std::vector<std::uint32_t>{1}) << "an alias of a code";
  EXPECT_EQ(list(space.with_code("1001")), std::vector<std::uint32_t>{});
  EXPECT_EQ(list(space.with_code("")), std::vector<std::uint32_t>{});
  EXPECT_EQ(list(space.with_code("unlisted")), std::vector<std::uint32_t>{});
}

TEST(CodeSpace, FindsEntriesByNormalText) {
  const CodeSpace space = a_space();
  EXPECT_EQ(list(space.with_text("busy here")), (std::vector<std::uint32_t>{0, 3}));
  EXPECT_EQ(list(space.with_text("call terminated")), std::vector<std::uint32_t>{1});
  EXPECT_EQ(list(space.with_text("hangup")), std::vector<std::uint32_t>{1});
  EXPECT_EQ(list(space.with_text("busy")), std::vector<std::uint32_t>{});
  EXPECT_EQ(list(space.with_text("")), std::vector<std::uint32_t>{}) << "an alias without letters is no text";
  EXPECT_EQ(std::vector<std::string>(space.texts(1).begin(), space.texts(1).end()),
            (std::vector<std::string>{"call terminated", "hangup"}));
}

TEST(CodeSpace, TheMostSpecificFamilyTakesAnUnlistedCode) {
  const CodeSpace space = a_space();
  const std::map<std::string, std::string> cases = {
      {"1999", "generic"}, {"1199", "call"}, {"1299", "generic"},  {"30001", "sms"},    {"2000", "unknown"},
      {"3000", "unknown"}, {"", "unknown"},  {"named", "unknown"}, {"-1000", "unknown"}};
  for (const auto& [code, family] : cases) {
    const std::uint32_t entry = space.unlisted(code);
    EXPECT_TRUE(space.is_unlisted(entry));
    EXPECT_EQ(space.entries[entry].family, family) << code;
    EXPECT_EQ(space.entries[entry].code, kUnlisted);
    EXPECT_EQ(space.entries[entry].reason, kUnlisted);
  }
}

TEST(CodeSpace, TheUnlistedEntriesFollowTheListedOnes) {
  const CodeSpace space = a_space();
  ASSERT_EQ(space.entries.size(), 9U);
  EXPECT_FALSE(space.is_unlisted(3));
  EXPECT_TRUE(space.is_unlisted(4));
  EXPECT_EQ(space.entries[4].family, "generic");
  const Entry& last = space.entries.back();
  EXPECT_EQ(last.family, kUnknownFamily);
  EXPECT_EQ(last.category, Category::unknown);
  EXPECT_EQ(last.severity, Severity::warning);
  EXPECT_TRUE(last.counts);
  EXPECT_EQ(last.retry, Retry{});
  EXPECT_TRUE(space.texts(8).empty());
}

TEST(CodeSpace, ServesItsProducts) {
  const CodeSpace space = a_space();
  EXPECT_TRUE(space.serves("voice"));
  EXPECT_TRUE(space.serves("sms"));
  EXPECT_FALSE(space.serves("fax"));
  EXPECT_FALSE(space.serves(""));
}

// The families of DESIGN.md section 1, by codes that no entry lists.
TEST(ShippedFamilies, PatternsDecide) {
  const std::map<std::string, std::string> restcomm = {{"1999", "generic"},
                                                       {"1199", "call"},
                                                       {"1299", "generic"},
                                                       {"2099", "rcml"},
                                                       {"2199", "rcml_gather"},
                                                       {"2299", "rcml_dial"},
                                                       {"2399", "rcml_say"},
                                                       {"2499", "rcml_reject"},
                                                       {"2599", "rcml"},
                                                       {"3099", "provisioning"},
                                                       {"3199", "number_provisioning"},
                                                       {"3299", "client_provisioning"},
                                                       {"3399", "account_provisioning"},
                                                       {"4099", "media_gateway"},
                                                       {"4199", "media_gateway"},
                                                       {"5099", "extension"},
                                                       {"30999", "sms"},
                                                       {"499", "request_failure"},
                                                       {"599", "server_failure"},
                                                       {"699", "global_failure"},
                                                       {"399", "redirection"},
                                                       {"299", "success"},
                                                       {"199", "provisional"},
                                                       {"6000", "unknown"},
                                                       {"31000", "unknown"},
                                                       {"11001", "unknown"},
                                                       {"-2010", "unknown"}};
  const CodeSpace& space = *shipped_settings()->source("restcomm-voice")->space;
  for (const auto& [code, family] : restcomm)
    EXPECT_EQ(space.entries[space.unlisted(code)].family, family) << code;

  const CodeSpace& synthflow = *shipped_settings()->source("synthflow")->space;
  EXPECT_EQ(synthflow.entries[synthflow.unlisted("499")].family, "request_failure");
  EXPECT_EQ(synthflow.entries[synthflow.unlisted("599")].family, "server_failure");
  EXPECT_EQ(synthflow.entries[synthflow.unlisted("699")].family, "global_failure");
  EXPECT_EQ(synthflow.entries[synthflow.unlisted("200")].family, "unknown");
}

}  // namespace
}  // namespace telephony
