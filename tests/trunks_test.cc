// How full a trunk is, how many calls it holds and how many it should.
#include "telephony_exporter/hint/trunks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "settings_fixture.h"
#include "telephony_exporter/hint/erlang.h"

namespace telephony {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TrunkId kTrunk{0, 1};

class TrunksTest : public testing::Test {
 protected:
  /// One call after the other, each with one leg.
  void open(int calls, TrunkId trunk = kTrunk) {
    for (int i = 0; i < calls; ++i) trunks_.see({trunk, CallId{++newest_, 1}}, clock_.now());
  }
  void end(int calls) {
    for (int i = 0; i < calls; ++i) trunks_.see({kTrunk, CallId{++ended_, 0}, true}, clock_.now());
  }
  void refuse(int calls = 1, TrunkId trunk = kTrunk) {
    for (int i = 0; i < calls; ++i) trunks_.see({trunk, std::nullopt, false, true}, clock_.now());
  }
  /// With a look now and then, as Prometheus does.
  void watch(minutes time) {
    for (; time > minutes(0); time -= minutes(1)) {
      clock_.advance(minutes(1));
      trunks_.numbers(clock_.now());
    }
  }
  TrunkNumbers now() { return trunks_.numbers(clock_.now()).at(0); }

  TestClock clock_;
  Trunks trunks_;
  std::uint64_t newest_ = 0;
  std::uint64_t ended_ = 0;
};

TEST_F(TrunksTest, WhereNothingIsKnownNothingIsSaid) {
  EXPECT_TRUE(trunks_.numbers(clock_.now()).empty());
  refuse();
  EXPECT_TRUE(trunks_.numbers(clock_.now()).empty()) << "a refusal alone says nothing of calls";
  open(1);
  const TrunkNumbers just_begun = now();
  EXPECT_EQ(just_begun.calls, 1U);
  EXPECT_FALSE(just_begun.limit);
  EXPECT_FALSE(just_begun.window.carried());
  EXPECT_FALSE(just_begun.window.offered());
  EXPECT_FALSE(just_begun.recommended_calls);
}

TEST_F(TrunksTest, ThePeakIsThatOfTheLastHour) {
  open(5);
  end(5);
  EXPECT_EQ(now().calls, 0U);
  EXPECT_EQ(now().peak, 5U);
  clock_.advance(minutes(50));
  EXPECT_EQ(now().peak, 5U);
  clock_.advance(minutes(15));
  EXPECT_EQ(now().peak, 0U);
}

TEST_F(TrunksTest, CarriedTrafficIsTheAverageOfCalls) {
  open(4);
  clock_.advance(seconds(60));
  end(4);
  clock_.advance(seconds(60));
  EXPECT_NEAR(now().window.carried().value(), 2, 1e-9);
  EXPECT_NEAR(now().window.offered().value(), 2, 1e-9);
  EXPECT_EQ(now().window.blocking().value(), 0);
}

TEST_F(TrunksTest, OfferedTrafficHoldsWhatWasRefused) {
  open(8);
  refuse(2);
  clock_.advance(minutes(5));
  EXPECT_NEAR(now().window.blocking().value(), 0.2, 1e-9);
  EXPECT_NEAR(now().window.offered().value(), 10, 1e-9);
  EXPECT_EQ(now().recommended_calls, channels_for(10, kTargetBlocking));
  clock_.advance(minutes(25));
  EXPECT_FALSE(now().window.blocking()) << "nobody tried";
}

TEST_F(TrunksTest, ARefusedCallThatWasUnderWayIsOneAttempt) {
  open(3);
  trunks_.see({kTrunk, CallId{100, 1}}, clock_.now());
  trunks_.see({kTrunk, CallId{100, 0}, true, true}, clock_.now());
  EXPECT_NEAR(now().window.blocking().value(), 0.25, 1e-9);
  EXPECT_EQ(now().limit, 3U) << "it was none of those that filled the trunk";
}

TEST_F(TrunksTest, EverythingRefusedIsNoInfinity) {
  open(1);
  end(1);
  clock_.advance(minutes(30));
  refuse(50);
  const TrunkSpan window = now().window;
  EXPECT_EQ(window.blocking().value(), 1);
  EXPECT_TRUE(std::isfinite(window.offered().value()));
}

TEST_F(TrunksTest, TheBusiestHourIsOneOfTheDay) {
  open(10);
  clock_.advance(minutes(60));
  end(8);
  watch(hours(5));
  EXPECT_NEAR(now().window.carried().value(), 0, 1e-9) << "what never ended has expired";
  EXPECT_NEAR(now().busy_hour_erlangs.value(), 10, 0.1);
  EXPECT_EQ(now().recommended_calls, channels_for(*now().busy_hour_erlangs, kTargetBlocking));
  watch(hours(24));
  EXPECT_FALSE(now().busy_hour_erlangs);
  EXPECT_FALSE(now().recommended_calls);
  EXPECT_FALSE(now().window.carried());
}

TEST_F(TrunksTest, ShortlyAfterTheStartAnHourIsWhatThereWas) {
  open(10);
  clock_.advance(minutes(4));
  end(10);
  clock_.advance(minutes(76));
  EXPECT_NEAR(now().busy_hour_erlangs.value(), 10 * 4 / 60.0, 0.1) << "not the busiest four minutes";
}

TEST_F(TrunksTest, AConfiguredLimitWins) {
  trunks_.configure({{kTrunk, 30}});
  EXPECT_EQ(now().limit, 30U);
  EXPECT_EQ(now().calls, 0U);
  EXPECT_FALSE(now().window.carried());
  open(6);
  refuse();
  EXPECT_EQ(now().limit, 30U);
  EXPECT_TRUE(now().limit_configured);
  trunks_.configure({});
  EXPECT_EQ(now().limit, 6U);
  EXPECT_FALSE(now().limit_configured);
  EXPECT_EQ(now().calls, 6U);
}

TEST_F(TrunksTest, ALimitIsTheMostCallsAtARefusal) {
  open(10);
  refuse();
  EXPECT_EQ(now().limit, 10U);
  end(4);
  refuse();
  EXPECT_EQ(now().limit, 10U) << "calls that were not seen make a refusal look early";
  open(6);
  refuse();
  EXPECT_EQ(now().limit, 12U);
}

TEST_F(TrunksTest, MoreCallsThatStayRaiseALearnedLimit) {
  open(3);
  refuse();
  open(4);
  clock_.advance(seconds(9));
  EXPECT_EQ(now().limit, 3U);
  end(1);
  clock_.advance(seconds(2));
  EXPECT_GT(now().limit, 3U);
  clock_.advance(seconds(20));
  EXPECT_EQ(now().limit, 6U);
}

TEST_F(TrunksTest, CallsThatAreRefusedInAMomentDoNot) {
  open(3);
  refuse();
  for (int i = 0; i < 60; ++i) {
    const CallId tried{1000U + static_cast<unsigned>(i), 1};
    trunks_.see({kTrunk, tried}, clock_.now());
    clock_.advance(seconds(1));
    trunks_.see({kTrunk, {{tried.session, 0}}, true, true}, clock_.now());
  }
  EXPECT_EQ(now().limit, 3U);
}

TEST_F(TrunksTest, ALearnedLimitFallsWhenManyRefusalsOfADayAgree) {
  open(20);
  refuse();
  end(15);
  clock_.advance(hours(3));
  refuse(9);
  clock_.advance(hours(22));
  EXPECT_EQ(now().limit, 20U) << "nine may be an accident";
  open(5);
  refuse(10);
  clock_.advance(minutes(6));
  EXPECT_EQ(now().limit, 5U);
}

TEST_F(TrunksTest, OtherIsManyTrunksAndHasNoLimit) {
  open(3, {0, kOtherAccount});
  refuse(1, {0, kOtherAccount});
  EXPECT_FALSE(now().limit);
}

TEST_F(TrunksTest, AHintLearnsWhatIsKnown) {
  EXPECT_EQ(trunks_.view(kTrunk, clock_.now()).busy_calls, 0);
  open(4);
  clock_.advance(seconds(30));
  end(2);
  refuse();
  const TrunkView view = trunks_.view(kTrunk, clock_.now());
  EXPECT_EQ(view.busy_calls, 2);
  EXPECT_EQ(view.limit_calls, 2);
  EXPECT_NEAR(view.mean_holding_seconds, 30, 1);
}

TEST_F(TrunksTest, AClockThatIsSetBackStopsTime) {
  open(5);
  clock_.advance(seconds(60));
  EXPECT_NEAR(now().window.carried().value(), 5, 1e-9);
  clock_.advance(-hours(48));
  end(5);
  EXPECT_EQ(now().calls, 0U);
  clock_.advance(seconds(60));
  EXPECT_NEAR(now().window.carried().value(), 2.5, 1e-9);
}

TEST_F(TrunksTest, EventsThatAreToldLateDoNotHurryTime) {
  open(1);
  for (int i = 0; i < 60; ++i) {
    clock_.advance(seconds(60));
    trunks_.numbers(clock_.now());
    trunks_.see({kTrunk, CallId{1, 1}}, clock_.now() - seconds(50));
  }
  end(1);
  EXPECT_NEAR(trunks_.view(kTrunk, clock_.now()).mean_holding_seconds, 3600, 1);
}

TEST_F(TrunksTest, AClockThatLeapsLetsCallsExpireAndGoesOn) {
  open(5);
  clock_.advance(hours(24 * 365 * 100));
  EXPECT_EQ(now().calls, 0U);
  EXPECT_EQ(trunks_.expired(), 5U);
  clock_.advance(-hours(24 * 365 * 100));
  open(2);
  clock_.advance(seconds(30));
  EXPECT_EQ(now().calls, 2U);
}

/// No number may be other than what a gauge can hold.
void expect_sane(const TrunkNumbers& numbers) {
  ASSERT_LE(numbers.calls, 1000U);
  for (const auto& value : {numbers.window.carried(), numbers.window.offered(), numbers.window.blocking(),
                            numbers.busy_hour_erlangs}) {
    if (value) ASSERT_TRUE(std::isfinite(*value) && *value >= 0) << *value;
  }
}

TEST_F(TrunksTest, AnythingInAnyOrderIsBoundedAndSane) {
  Trunks trunks({.open = 1000, .ended = 1000});
  std::uint64_t random = 7;
  const auto next = [&](std::uint64_t below) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    return (random >> 33) % below;
  };
  for (int i = 0; i < 100'000; ++i) {
    clock_.advance(seconds(static_cast<int>(next(100)) - 30));
    const TrunkId trunk{0, static_cast<AccountId>(next(3))};
    trunks.see({trunk, CallId{next(5000), next(3)}, next(2) == 0, next(10) == 0}, clock_.now());
    if (i % 100 != 0) continue;
    for (const TrunkNumbers& numbers : trunks.numbers(clock_.now())) expect_sane(numbers);
  }
  EXPECT_GT(trunks.expired(), 0U);
}

TEST_F(TrunksTest, SessionsThatNeverEndAreDropped) {
  constexpr int kSessions = 300'000;
  open(kSessions);
  EXPECT_EQ(now().calls, limits::kOpenCalls);
  EXPECT_EQ(trunks_.dropped(), kSessions - limits::kOpenCalls);
  clock_.advance(hours(4));
  EXPECT_EQ(now().calls, 0U);
  EXPECT_EQ(trunks_.expired(), limits::kOpenCalls);
}

TEST(CallTable, ABytesBudget) { EXPECT_LE(sizeof(CallTable::Call), 32U); }

}  // namespace
}  // namespace telephony
