// Which session ids may stand beside a counter, and which one does.
#include "telephony_exporter/record/exemplars.h"

#include <gtest/gtest.h>

#include <array>

#include "river_fixture.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

Posting refusal(SeriesId series, std::string_view session, int second = 0) {
  Posting posting;
  posting.error = series;
  posting.session_id = session;
  posting.received = WallTime{std::chrono::seconds{second}};
  return posting;
}

std::string session_of(const Exemplars& exemplars, SeriesId series) {
  const auto found = exemplars.find(series);
  return found ? found->session : "";
}

TEST(SessionIdTest, IdsMayBeShown) {
  for (const std::string_view id :
       {"8f14e45f-ceea-467f-9b2a-0c6d7e8f9a1b", "CA9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d", "session-1", "42",
        "a84b4c76e66710@pc33.example.com", "call/1234-ab/5678"}) {
    EXPECT_TRUE(is_session_id(id)) << id;
  }
  EXPECT_TRUE(is_session_id(std::string(limits::kSessionBytes, 'a')));
}

TEST(SessionIdTest, PhoneNumbersAndAddressesMayNot) {
  for (const std::string_view id :
       {"+14155550100", "14155550100", "tel:4155550100", "sip:+14155550100@host", "4155550100@host",
        "call-14155550100", "call-415-555-0100", "call_(415)555.0100", "p14155550100", "p1415-555-0100",
        "x+1.415.555.0100", "%2B14155550100", "14155550100-inbound", "id:7:14155550100", "192.0.2.7",
        "sip:192.0.2.7:5060", "[2001:db8::1]:5060"}) {
    EXPECT_FALSE(is_session_id(id)) << id;
  }
}

TEST(SessionIdTest, WhatIsNoIdMayNot) {
  const std::string over(limits::kSessionBytes + 1, 'a');
  for (const std::string_view id :
       {std::string_view(), std::string_view(over), std::string_view("a b"), std::string_view("a\nb"),
        std::string_view("a\0b", 3), std::string_view("a\x7f"), std::string_view("\xc3\xa4")}) {
    EXPECT_FALSE(is_session_id(id)) << id;
  }
}

TEST(ExemplarsTest, KeepsTheLastOfEachSeries) {
  Exemplars exemplars;
  exemplars.enable(true);
  exemplars.note(std::array{refusal(1, "first", 1), refusal(2, "other", 2), refusal(1, "last", 3)});
  EXPECT_EQ(session_of(exemplars, 1), "last");
  EXPECT_EQ(exemplars.find(1)->received, WallTime{std::chrono::seconds{3}});
  EXPECT_EQ(session_of(exemplars, 2), "other");
  EXPECT_FALSE(exemplars.find(3));
}

TEST(ExemplarsTest, PassesOverWhatDoesNotCount) {
  Exemplars exemplars;
  exemplars.enable(true);
  Posting duplicate = refusal(1, "again");
  duplicate.duplicate = true;
  Posting success = refusal(1, "well");
  success.error.reset();
  exemplars.note(
      std::array{refusal(1, "kept"), duplicate, success, refusal(1, ""), refusal(1, "+14155550100")});
  EXPECT_EQ(session_of(exemplars, 1), "kept");
}

TEST(ExemplarsTest, KeepsNothingWhileItIsOff) {
  Exemplars exemplars;
  exemplars.note(std::array{refusal(1, "early")});
  EXPECT_FALSE(exemplars.find(1));
  exemplars.enable(true);
  EXPECT_FALSE(exemplars.find(1));
  exemplars.note(std::array{refusal(1, "kept")});
  exemplars.enable(true);
  EXPECT_EQ(session_of(exemplars, 1), "kept");
  exemplars.enable(false);
  EXPECT_FALSE(exemplars.find(1));
  exemplars.enable(true);
  EXPECT_FALSE(exemplars.find(1));
}

constexpr const char* kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: lines, title: Lines, unlisted: {category: capacity, severity: warning, retry: never}}
    codes:
      - {code: "1", reason: full, family: lines, category: capacity, severity: critical, retry: never,
         message: Full, meaning: m, remedy: r}
events:
  - {kind: call, when: [/code], code: [/code], dedup: {id: [/id]}, call: {session: [/session]}}
lines:
  - {kind: line, pattern: "call {id} failed {code}"}
)";

const char* const kOn = "exemplars: {session_id: true}\n";

// Of code 1.
std::string shown(const River& river) {
  return session_of(river.exemplars(), river.settings().source("calls")->series[0]);
}

TEST(ExemplarsTest, ComeFromTheSessionOrElseTheId) {
  River river(settings_of(kCatalog, kOn));
  river.json("calls", R"({"code":1,"id":"a-1","session":" s-1 "})");
  EXPECT_EQ(shown(river), "s-1");
  river.json("calls", R"({"code":1,"id":"a-2"})");
  EXPECT_EQ(shown(river), "a-2");
  river.json("calls", R"({"code":1,"id":"a-1","session":"again"})");
  EXPECT_EQ(shown(river), "a-2") << "a duplicate is no event";
  river.json("calls", R"({"code":1,"id":"14155550100"})");
  EXPECT_EQ(shown(river), "a-2");
  river.text("calls", "call c-7 failed 1\n");
  EXPECT_EQ(shown(river), "c-7");
}

TEST(ExemplarsTest, AreOffUnlessConfigured) {
  const TestDirectory directory;
  const auto off = settings_of(directory, kCatalog);
  EXPECT_FALSE(off->exemplar_session_ids);
  River river(off);
  river.json("calls", R"({"code":1,"id":"a-1"})");
  EXPECT_EQ(shown(river), "");
  river.reload(settings_of(directory, kCatalog, kOn, off.get()));
  river.json("calls", R"({"code":1,"id":"a-2"})");
  EXPECT_EQ(shown(river), "a-2");
  river.reload(settings_of(directory, kCatalog, "", off.get()));
  EXPECT_EQ(shown(river), "");
}

}  // namespace
}  // namespace telephony
