// Which calls are open, however badly that is told.
#include "telephony_exporter/hint/open_calls.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace telephony {
namespace {

constexpr std::uint32_t kHour = 3600;

class OpenCallsTest : public testing::Test {
 protected:
  void opens(std::uint64_t session, std::uint64_t leg, std::uint32_t now = 0) {
    calls_.report({}, {session, leg}, false, now);
  }
  void ends(std::uint64_t session, std::uint64_t leg, std::uint32_t now = 0) {
    calls_.report({}, {session, leg}, true, now);
  }
  std::uint64_t told(CallChange change) const { return told_[static_cast<std::size_t>(change)]; }

  std::array<std::uint64_t, 4> told_{};
  OpenCalls calls_{
      [this](const CallTable::Call&, CallChange change) { ++told_[static_cast<std::size_t>(change)]; },
      {.open = 1000, .ended = 1000}};
};

TEST_F(OpenCallsTest, EachLegIsOneCall) {
  opens(1, 10);
  opens(1, 11);
  opens(2, 20);
  EXPECT_EQ(calls_.size(), 3U);
  ends(1, 10);
  EXPECT_EQ(calls_.size(), 2U);
  EXPECT_EQ(told(CallChange::opened), 3U);
  EXPECT_EQ(told(CallChange::ended), 1U);
}

TEST_F(OpenCallsTest, WhatIsToldTwiceCountsOnce) {
  opens(1, 10);
  opens(1, 10);
  EXPECT_EQ(calls_.size(), 1U);
  ends(1, 10);
  ends(1, 10);
  EXPECT_EQ(calls_.size(), 0U);
  EXPECT_EQ(told(CallChange::ended), 1U);
}

TEST_F(OpenCallsTest, ASessionThatIsOverEndsAllItsLegs) {
  opens(1, 10);
  opens(1, 11);
  opens(2, 20);
  ends(1, 0);
  EXPECT_EQ(calls_.size(), 1U);
}

TEST_F(OpenCallsTest, LegsBeforeTheirSessionStayWhatTheyAre) {
  opens(1, 10);
  opens(1, 11);
  opens(1, 0);
  EXPECT_EQ(calls_.size(), 2U);
}

TEST_F(OpenCallsTest, TheFirstLegTakesThePlaceOfItsSession) {
  opens(1, 0);
  EXPECT_EQ(calls_.size(), 1U);
  opens(1, 10);
  EXPECT_EQ(calls_.size(), 1U);
  opens(1, 11);
  EXPECT_EQ(calls_.size(), 2U);
  EXPECT_EQ(told(CallChange::opened), 2U);
  ends(1, 0);
  EXPECT_EQ(calls_.size(), 0U);
}

TEST_F(OpenCallsTest, AnEndThatComesBeforeItsBeginningHolds) {
  ends(1, 10);
  opens(1, 10);
  ends(2, 0);
  opens(2, 20);
  EXPECT_EQ(calls_.size(), 0U);
  EXPECT_TRUE(calls_.knows(1, 0));
  EXPECT_FALSE(calls_.knows(3, 0));
}

TEST_F(OpenCallsTest, WhatHasEndedIsForgottenInTime) {
  ends(1, 0);
  opens(1, 10, kHour - 1);
  EXPECT_EQ(calls_.size(), 0U);
  opens(1, 10, kHour);
  EXPECT_EQ(calls_.size(), 1U);
}

TEST_F(OpenCallsTest, WhatNeverEndsExpires) {
  opens(1, 10);
  opens(2, 20, kHour);
  calls_.expire(4 * kHour - 1);
  EXPECT_EQ(calls_.size(), 2U);
  opens(1, 10, 4 * kHour - 1);  // that it is told again makes it no younger
  calls_.expire(4 * kHour);
  EXPECT_EQ(calls_.size(), 1U);
  EXPECT_EQ(calls_.expired(), 1U);
  EXPECT_EQ(told(CallChange::expired), 1U);
  ends(1, 10, 4 * kHour);  // too late to matter
  EXPECT_EQ(calls_.size(), 1U);
}

TEST_F(OpenCallsTest, WhatIsToldAfterItExpiredOpensAgain) {
  opens(1, 10);
  opens(1, 10, 4 * kHour);
  EXPECT_EQ(calls_.size(), 1U);
  EXPECT_EQ(calls_.expired(), 1U);
}

TEST_F(OpenCallsTest, OfTooManyTheOldestIsDropped) {
  for (std::uint64_t session = 1; session <= 1500; ++session) opens(session, 1);
  EXPECT_EQ(calls_.size(), 1000U);
  EXPECT_EQ(calls_.dropped(), 500U);
  EXPECT_EQ(told(CallChange::dropped), 500U);
  EXPECT_FALSE(calls_.knows(500, 0));
  EXPECT_TRUE(calls_.knows(501, 0));
}

TEST_F(OpenCallsTest, ASessionHasOnlySoManyLegs) {
  for (std::uint64_t leg = 1; leg <= 1000; ++leg) opens(1, leg);
  EXPECT_EQ(calls_.size(), limits::kLegsOfACall);
  EXPECT_EQ(calls_.dropped(), 1000 - limits::kLegsOfACall);
  for (std::uint64_t leg = 1; leg <= 1000; ++leg) ends(1, leg);
  EXPECT_EQ(calls_.size(), 0U);
  ends(1, 0);
  opens(1, 5000);
  EXPECT_EQ(calls_.size(), 0U) << "its end is remembered, however many legs it had";
}

TEST_F(OpenCallsTest, EveryLegThatOpensLeavesOnce) {
  std::uint64_t random = 1;
  const auto next = [&](std::uint64_t below) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    return (random >> 33) % below;
  };
  std::uint32_t now = 0;
  for (int i = 0; i < 200'000; ++i) {
    now += i / 10'000 % 2 == 0 ? 0 : 60;  // rush hours, and hours in which there is time to expire
    calls_.report({}, {next(3000), next(4)}, next(2) == 0, now);
    const std::uint64_t left =
        told(CallChange::ended) + told(CallChange::expired) + told(CallChange::dropped);
    ASSERT_EQ(told(CallChange::opened), left + calls_.size());
    ASSERT_LE(calls_.size(), 1000U);
  }
  EXPECT_GT(told(CallChange::expired), 0U);
  EXPECT_GT(told(CallChange::dropped), 0U);
}

}  // namespace
}  // namespace telephony
