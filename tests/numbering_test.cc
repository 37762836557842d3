// Codes of several lists in one space: included beside the space's own, shifted by an offset, classes of
// codes.
#include <gtest/gtest.h>

#include "settings_fixture.h"
#include "telephony_exporter/classify/classify.h"

namespace telephony {
namespace {

const char* const kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    include:
      - SIP
      - {file: Q850, numbering: q850}
      - {file: SIP, offset: 31000, family: client, except: [3xx, "402"]}
    families:
      - {name: client, title: Client, pattern: 31xxx, unlisted: {category: unknown, severity: warning, retry: never}}
      - {name: own_causes, title: Own causes, numbering: q850,
         unlisted: {category: unknown, severity: warning, retry: never}}
    codes:
      - {code: "31999", reason: own, family: client, category: request, severity: warning, retry: never, message: Own,
         meaning: m, remedy: r}
      - {code: "700", reason: crash, family: own_causes, category: platform, severity: critical, retry: immediate,
         message: CRASH, meaning: m, remedy: r}
events:
  - {kind: call, when: [/code], code: [/code]}
)";

const Settings& settings() {
  static const TestDirectory directory;
  static const auto loaded = [] {
    std::string text = kCatalog;
    const std::string shipped = SOURCE_DIRECTORY "/config/providers/";
    for (auto at = text.find("Q850"); at != text.npos; at = text.find("Q850"))
      text.replace(at, 4, shipped + "q850.yml");
    for (auto at = text.find("SIP"); at != text.npos; at = text.find("SIP"))
      text.replace(at, 3, shipped + "sip.yml");
    return settings_of(directory, text);
  }();
  return *loaded;
}

std::string meaning(std::string_view code, std::string_view numbering = {}, std::string_view text = {}) {
  const CodeSpace& space = *settings().sources.front().space;
  Event event;
  event.code = code;
  event.text = text;
  event.numbering = numbering;
  std::string scratch;
  const auto found = classify(event, space, scratch);
  if (!found) return "nothing";
  const Entry& entry = space.entries[found->entry];
  return entry.code + ' ' + entry.reason + ' ' + entry.family;
}

TEST(Numberings, OneNumberHasTwoMeanings) {
  EXPECT_EQ(meaning("102", "q850"), "102 recovery_on_timer_expiry protocol_error");
  EXPECT_EQ(meaning("102"), "nothing") << "SIP 1xx is progress";
  EXPECT_EQ(meaning("100", "q850"), "100 invalid_element_contents protocol_error");
  EXPECT_EQ(meaning("486"), "486 busy_here request_failure");
  EXPECT_EQ(meaning("486", "q850"), "unlisted unlisted unknown");
  EXPECT_EQ(meaning("17"), "unlisted unlisted unknown");
  EXPECT_EQ(meaning("17", "nobody"), "unlisted unlisted unknown");
}

TEST(Numberings, NamesAreLookedUpInTheirOwn) {
  EXPECT_EQ(meaning("USER_BUSY", "q850"), "17 user_busy normal_event");
  EXPECT_EQ(meaning("USER_BUSY"), "unlisted unlisted unknown");
  EXPECT_EQ(meaning("CRASH", "q850"), "700 crash own_causes");
  EXPECT_EQ(meaning("", "q850", "User alerting, no answer"), "19 no_answer_from_user normal_event");
  EXPECT_EQ(meaning("16", "q850"), "nothing") << "a normal ending";
  EXPECT_EQ(meaning("NORMAL_CLEARING", "q850"), "nothing");
}

TEST(Numberings, ACauseThatIsNotListedFallsIntoItsClass) {
  const std::vector<std::pair<const char*, const char*>> cases = {{"10", "normal_event"},
                                                                  {"33", "resource_unavailable"},
                                                                  {"51", "service_unavailable"},
                                                                  {"71", "service_not_implemented"},
                                                                  {"89", "invalid_message"},
                                                                  {"104", "protocol_error"},
                                                                  {"120", "interworking"},
                                                                  {"128", "unknown"},
                                                                  {"017", "unknown"}};
  for (const auto& [code, family] : cases) {
    EXPECT_EQ(meaning(code, "q850"), "unlisted unlisted " + std::string(family)) << code;
  }
}

TEST(Numberings, AnOffsetMovesCodes) {
  EXPECT_EQ(meaning("31486"), "31486 busy_here client");
  EXPECT_EQ(meaning("31603", "", "Network Blocked"), "31603 network_blocked client");
  EXPECT_EQ(meaning("31603"), "31603 decline client");
  EXPECT_EQ(meaning("31200"), "nothing");
  EXPECT_EQ(meaning("31499"), "unlisted unlisted client");
  EXPECT_EQ(meaning("31999"), "31999 own client");
  for (const char* left_out : {"31302", "31402"}) {
    EXPECT_EQ(meaning(left_out), "unlisted unlisted client") << left_out;
  }
  EXPECT_EQ(meaning("402"), "402 payment_required request_failure") << "without the offset it is there";
}

TEST(Numberings, TheFirstListedRanksFirst) {
  const CodeSpace& space = *settings().sources.front().space;
  EXPECT_EQ(space.numberings(), (std::vector<std::string_view>{"", "q850"}));
  EXPECT_EQ(space.rank(""), 0U);
  EXPECT_EQ(space.rank("q850"), 1U);
  EXPECT_EQ(space.rank("nobody"), 2U);
}

TEST(Numberings, AClassIsTakenForItsFirstCode) {
  const CodeSpace& space = *settings().sources.front().space;
  for (const char* code : {"300", "400", "500", "600"}) {
    const Entry& listed = space.entries[space.with_code(code).front()];
    const Entry& other = space.entries[space.unlisted(std::string(1, code[0]) + "99")];
    EXPECT_EQ(other.code, kUnlisted);
    EXPECT_EQ(other.family, listed.family);
    EXPECT_EQ(name(other.category), name(listed.category)) << code;
    EXPECT_EQ(name(other.severity), name(listed.severity)) << code;
    EXPECT_EQ(other.retry, listed.retry) << code;
    EXPECT_NE(other.meaning.find(std::string("taken for ") + code), std::string::npos) << other.meaning;
  }
}

TEST(CodePattern, Ranges) {
  const auto range = CodePattern::parse("32-47");
  ASSERT_TRUE(range);
  for (const char* inside : {"32", "40", "47"}) EXPECT_TRUE(range->matches(inside)) << inside;
  for (const char* outside : {"31", "48", "", "3", "032", "-40", "40x", "4294967336"}) {
    EXPECT_FALSE(range->matches(outside)) << outside;
  }
  for (const char* bad : {"47-32", "1-", "-1-5", "1--5", "1-x", "01-05", "0-10000", "1-2-3", "-"}) {
    EXPECT_FALSE(CodePattern::parse(bad)) << bad;
  }
  EXPECT_TRUE(CodePattern::parse("4294967295-4294967295")->overlaps(*CodePattern::parse("429496729x")));
  EXPECT_TRUE(range->overlaps(*CodePattern::parse("4x")));
  EXPECT_TRUE(CodePattern::parse("xx")->overlaps(*range));
  EXPECT_FALSE(range->overlaps(*CodePattern::parse("48-63")));
  EXPECT_TRUE(range->overlaps(*CodePattern::parse("47-63")));
  EXPECT_FALSE(range->overlaps(*CodePattern::parse("xxx")));
}

TEST(CodePattern, Shifts) {
  const auto shifted = [](const char* pattern, std::uint32_t offset) {
    const auto found = CodePattern::parse(pattern)->shifted(offset);
    return found ? found->text() : "nothing";
  };
  EXPECT_EQ(shifted("4xx", 31000), "314xx");
  EXPECT_EQ(shifted("32-47", 100), "132-147");
  EXPECT_EQ(shifted("4xx", 31500), "nothing");
  EXPECT_EQ(shifted("-4xx", 31000), "nothing");
}

}  // namespace
}  // namespace telephony
