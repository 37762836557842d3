#include "telephony_exporter/pipeline/unlisted.h"

#include <gtest/gtest.h>

#include "settings_fixture.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

UnlistedCode code_of(const std::string& code, const std::string& text = "") {
  UnlistedCode out;
  out.provider = "acme";
  out.product = "voice";
  out.code = code;
  out.text = text;
  out.family = "unknown";
  return out;
}

/// True when the operator should hear of it.
bool add(UnlistedCodes& codes, const UnlistedCode& code, WallTime now, std::uint64_t times = 1) {
  const UnlistedCodes::Seen seen{&code, times};
  return !codes.add({&seen, 1}, now).empty();
}

TEST(UnlistedCodes, CountsAndRemembersWhenItSawACode) {
  UnlistedCodes codes;
  TestClock clock;
  const WallTime first = clock.now();
  add(codes, code_of("1", "busy here"), clock.now());
  clock.advance(std::chrono::minutes(5));
  add(codes, code_of("1", "busy here"), clock.now());
  const auto list = codes.list();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].provider, "acme");
  EXPECT_EQ(list[0].product, "voice");
  EXPECT_EQ(list[0].code, "1");
  EXPECT_EQ(list[0].text, "busy here");
  EXPECT_EQ(list[0].family, "unknown");
  EXPECT_EQ(list[0].count, 2U);
  EXPECT_EQ(list[0].first_seen, first);
  EXPECT_EQ(list[0].last_seen, first + std::chrono::minutes(5));
}

TEST(UnlistedCodes, TakesSeveralAtOnce) {
  UnlistedCodes codes;
  TestClock clock;
  EXPECT_TRUE(add(codes, code_of("1"), clock.now(), 3));
  EXPECT_FALSE(add(codes, code_of("1"), clock.now(), 4));
  EXPECT_EQ(codes.list().at(0).count, 7U);
}

TEST(UnlistedCodes, SaysOfSeveralWhichAreToBeTold) {
  UnlistedCodes codes;
  TestClock clock;
  const UnlistedCode one = code_of("1"), two = code_of("2");
  EXPECT_TRUE(add(codes, one, clock.now()));
  const std::vector<UnlistedCodes::Seen> seen = {{&one, 2}, {&two, 3}, {&two, 4}};
  EXPECT_EQ(codes.add(seen, clock.now()), std::vector<const UnlistedCode*>{&two});
  EXPECT_EQ(codes.list().at(0).count, 7U);
  EXPECT_EQ(codes.list().at(1).count, 3U);
}

TEST(UnlistedCodes, TellsAtFirstSightAndThenOnceAnHour) {
  UnlistedCodes codes;
  TestClock clock;
  EXPECT_TRUE(add(codes, code_of("1"), clock.now()));
  EXPECT_FALSE(add(codes, code_of("1"), clock.now()));
  EXPECT_TRUE(add(codes, code_of("2"), clock.now()));
  clock.advance(std::chrono::minutes(59));
  EXPECT_FALSE(add(codes, code_of("1"), clock.now()));
  clock.advance(std::chrono::minutes(1));
  EXPECT_TRUE(add(codes, code_of("1"), clock.now()));
  EXPECT_FALSE(add(codes, code_of("1"), clock.now()));
}

TEST(UnlistedCodes, ProviderProductCodeAndTextTellCodesApart) {
  UnlistedCodes codes;
  TestClock clock;
  UnlistedCode other = code_of("1");
  add(codes, other, clock.now());
  other.provider = "other";
  add(codes, other, clock.now());
  other.product = "sms";
  add(codes, other, clock.now());
  other.text = "words";
  add(codes, other, clock.now());
  EXPECT_EQ(codes.list().size(), 4U);
}

TEST(UnlistedCodes, ListsTheNewestFirstThenTheMostFrequent) {
  UnlistedCodes codes;
  TestClock clock;
  add(codes, code_of("old"), clock.now());
  add(codes, code_of("old"), clock.now());
  clock.advance(std::chrono::seconds(1));
  add(codes, code_of("rare"), clock.now());
  add(codes, code_of("frequent"), clock.now());
  add(codes, code_of("frequent"), clock.now());
  std::vector<std::string> order;
  for (const UnlistedCode& code : codes.list()) order.push_back(code.code);
  EXPECT_EQ(order, (std::vector<std::string>{"frequent", "rare", "old"}));
}

TEST(UnlistedCodes, TheOneNotSeenForLongestMakesRoom) {
  UnlistedCodes codes;
  TestClock clock;
  for (std::size_t i = 0; i < limits::kUnlistedCodes; ++i) {
    for (int times = i == 1 ? 3 : 1; times > 0; --times) add(codes, code_of(std::to_string(i)), clock.now());
    clock.advance(std::chrono::seconds(1));
  }
  add(codes, code_of("0"), clock.now());  // seen again, so "1" is now the oldest, however frequent
  clock.advance(std::chrono::seconds(1));
  add(codes, code_of("new"), clock.now());
  std::set<std::string> kept;
  for (const UnlistedCode& code : codes.list()) kept.insert(code.code);
  EXPECT_EQ(kept.size(), limits::kUnlistedCodes);
  EXPECT_TRUE(kept.contains("0"));
  EXPECT_FALSE(kept.contains("1"));
  EXPECT_TRUE(kept.contains("new"));
}

}  // namespace
}  // namespace telephony
