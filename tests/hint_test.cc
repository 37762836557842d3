#include "telephony_exporter/hint/hint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace telephony {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Retry kBackoff{RetryClass::backoff, seconds(30), seconds(600)};
constexpr Retry kLater{RetryClass::later, seconds(300), seconds(3600)};
const WallTime kNow = WallTime(std::chrono::hours(500'000));

/// Refusals from `now` on, one every `step`, for `length`; moves `now` to the last one.
HintState failing(HintState state, WallTime& now, seconds length, seconds step = seconds(1)) {
  for (const WallTime end = now + length; now < end; now += step)
    state = after_failure(state, kBackoff, now, std::nullopt);
  return state;
}

HintState succeeding(HintState state, WallTime& now, seconds length, seconds step = seconds(1)) {
  for (const WallTime end = now + length; now < end; now += step) state = after_success(state, kBackoff, now);
  return state;
}

double after(const HintState& state, WallTime now) { return hint_now(state, kBackoff, now).after.count(); }

TEST(RestHint, FollowsTheRetryClass) {
  struct Case {
    Retry retry;
    bool allowed;
    seconds after;
  };
  const std::vector<Case> cases = {
      {{RetryClass::never, seconds(0), seconds(0)}, false, seconds(0)},
      {{RetryClass::after_fix, seconds(0), seconds(0)}, false, seconds(0)},
      {{RetryClass::immediate, seconds(0), seconds(0)}, true, seconds(0)},
      {{RetryClass::backoff, seconds(30), seconds(600)}, true, seconds(30)},
      {{RetryClass::later, seconds(300), seconds(3600)}, true, seconds(300)},
      {{RetryClass::backoff, seconds(0), seconds(0)}, true, seconds(1)},
      {{RetryClass::later, seconds(0), seconds(0)}, true, seconds(1)},
  };
  for (const Case& c : cases) {
    const Hint hint = rest_hint(c.retry);
    EXPECT_EQ(hint.allowed, c.allowed) << name(c.retry.kind);
    EXPECT_EQ(hint.after, c.after) << name(c.retry.kind);
    EXPECT_EQ(hint_now({}, c.retry, kNow).after, c.after) << name(c.retry.kind);
  }
}

// A nanosecond apart, each is reckoned by itself.
TEST(Hint, CallersAtOneMomentAreAsCallersOneAfterTheOther) {
  for (const seconds before : {seconds(0), seconds(7), seconds(45), seconds(900)}) {
    WallTime now = kNow;
    const HintState state = before == seconds(0) ? HintState() : failing({}, now, seconds(60));
    now += before;
    HintState apart = state;
    for (int i = 0; i < 100; ++i) {
      apart = after_failure(apart, kBackoff, now + std::chrono::nanoseconds(i), std::nullopt);
    }
    const HintState together = after_failure(state, kBackoff, now, std::nullopt, 100);
    EXPECT_NEAR(together.level, apart.level, 1e-6);
    EXPECT_NEAR(together.waiting, apart.waiting, 1e-6);
    HintState in_two = after_failure(state, kBackoff, now, std::nullopt, 1);
    in_two = after_failure(in_two, kBackoff, now, std::nullopt, 99);
    EXPECT_EQ(in_two, together);
  }
}

TEST(Hint, SpreadsCallers) {
  const Hint hint{true, Seconds(30), Seconds(10)};
  EXPECT_EQ(hint.wait(0), Seconds(30));
  EXPECT_EQ(hint.wait(0.5), Seconds(35));
}

TEST(Hint, GrowsWhileFailuresPersist) {
  WallTime now = kNow;
  HintState state = failing({}, now, seconds(60));
  EXPECT_GT(after(state, now), 45);
  state = failing(state, now, minutes(60));
  EXPECT_NEAR(after(state, now), 120, 1e-9) << "a fifth of max";
  const Hint hint = hint_now(state, kBackoff, now);
  EXPECT_LE((hint.after + hint.spread).count(), 600);
}

TEST(Hint, GrowsWithTimeAndNotWithCallers) {
  WallTime few = kNow, many = kNow;
  const HintState of_few = failing({}, few, seconds(60), seconds(10));
  HintState of_many;
  for (; many < few; many += seconds(10))
    for (int caller = 0; caller < 2000; ++caller)
      of_many = after_failure(of_many, kBackoff, many, std::nullopt);
  EXPECT_NEAR(of_few.level, of_many.level, 0.2);
}

TEST(Hint, StaysWhereItIsOnASingleEvent) {
  const HintState first = after_failure({}, kBackoff, kNow, std::nullopt);
  EXPECT_EQ(after(first, kNow), 30);
  WallTime now = kNow;
  const HintState grown = failing({}, now, minutes(10));
  EXPECT_NEAR(after(after_success(grown, kBackoff, now), now), after(grown, now), 2);
  EXPECT_EQ(after(after_failure(grown, kBackoff, now, std::nullopt), now), after(grown, now));
}

TEST(Hint, OneRefusalAWaitDoublesTheWait) {
  HintState state = after_failure({}, kBackoff, kNow, std::nullopt);
  state = after_failure(state, kBackoff, kNow + seconds(30), std::nullopt);
  EXPECT_NEAR(after(state, kNow + seconds(30)), 60, 1e-9);
}

TEST(Hint, ShrinksWhenSessionsSucceedAndComesToRest) {
  WallTime now = kNow;
  HintState state = failing({}, now, minutes(10));
  state = succeeding(state, now, minutes(2));
  EXPECT_LT(after(state, now), 100);
  state = succeeding(state, now, minutes(40));
  EXPECT_EQ(state, HintState());
}

TEST(Hint, TimeAloneBringsItToRest) {
  WallTime now = kNow;
  const HintState state = failing({}, now, minutes(30));
  EXPECT_EQ(after(state, now + seconds(120)), 120) << "nobody has come back yet";
  double last = after(state, now);
  for (int minute = 0; minute < 60; ++minute) {
    const double next = after(state, now + minutes(minute));
    EXPECT_LE(next, last);
    last = next;
  }
  EXPECT_EQ(last, 30);
}

TEST(Hint, AMixOfBothNeverRunsAway) {
  WallTime now = kNow;
  HintState state;
  for (int event = 0; event < 10'000; ++event, now += seconds(1)) {
    state =
        event % 3 ? after_success(state, kBackoff, now) : after_failure(state, kBackoff, now, std::nullopt);
    EXPECT_LT(after(state, now), 45);
  }
}

TEST(Hint, AProvidersRetryAfterWinsAndIsCapped) {
  const auto asked = [](seconds length) { return after_failure({}, kBackoff, kNow, length); };
  EXPECT_EQ(after(asked(seconds(5)), kNow), 5) << "shorter than the base, too";
  EXPECT_EQ(after(asked(seconds(200)), kNow + seconds(80)), 120);
  EXPECT_EQ(after(asked(seconds(200)), kNow + seconds(201)), 30) << "it is over";
  EXPECT_EQ(after(asked(seconds(999'999)), kNow), 600);
  EXPECT_EQ(after(asked(seconds(-5)), kNow), 30);
  EXPECT_GE(hint_now(asked(seconds(200)), kBackoff, kNow).spread, Seconds(20)) << "no stampede at its end";
}

TEST(Hint, OtherClassesKeepWhatTheProviderAskedForAndNothingElse) {
  EXPECT_EQ(after_failure({}, kLater, kNow, std::nullopt), HintState());
  EXPECT_EQ(hint_now(after_failure({}, kLater, kNow, seconds(900)), kLater, kNow).after, seconds(900));
  const Retry immediate{RetryClass::immediate, seconds(0), seconds(0)};
  EXPECT_EQ(hint_now(after_failure({}, immediate, kNow, seconds(9)), immediate, kNow).after, seconds(9));
  EXPECT_EQ(hint_now(after_failure({}, immediate, kNow, seconds(9999)), immediate, kNow).after, seconds(600));
  for (const RetryClass kind : {RetryClass::never, RetryClass::after_fix}) {
    const Retry retry{kind, seconds(0), seconds(0)};
    EXPECT_EQ(after_failure({}, retry, kNow, seconds(9)), HintState());
    EXPECT_FALSE(hint_now({1, 1, kNow, kNow + seconds(9)}, retry, kNow).allowed);
  }
}

TEST(Hint, FollowsTheTrunkForCapacityCodes) {
  const TrunkView trunk{60, 60, 180};  // a channel frees every three seconds
  const Hint alone = hint_now({}, kBackoff, kNow, trunk);
  EXPECT_DOUBLE_EQ(alone.after.count(), 3);
  EXPECT_DOUBLE_EQ(alone.spread.count(), 30) << "the base";
  const HintState twenty{0, 20, kNow, {}};
  EXPECT_DOUBLE_EQ(hint_now(twenty, kBackoff, kNow, trunk).spread.count(), 120) << "one for each channel";
  const HintState thousands{0, 5000, kNow, {}};
  const Hint hint = hint_now(thousands, kBackoff, kNow, trunk);
  EXPECT_DOUBLE_EQ((hint.after + hint.spread).count(), 600);
  EXPECT_DOUBLE_EQ(hint_now({}, kBackoff, kNow, {0, 60, 180}).after.count(), 3) << "the limit, at least";
  EXPECT_DOUBLE_EQ(hint_now({}, kBackoff, kNow, {10'000, 10'000, 180}).after.count(), 1);
  EXPECT_DOUBLE_EQ(hint_now({}, kBackoff, kNow, {1, 1, 1e9}).after.count(), 600);
}

TEST(Hint, WithoutAHoldingTimeACapacityCodeBacksOff) {
  WallTime now = kNow;
  const HintState state = failing({}, now, minutes(10));
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  for (const TrunkView trunk : {TrunkView{60, 60, 0}, TrunkView{0, 0, 180}, TrunkView{-1, -1, 180},
                                TrunkView{60, 60, kNaN}, TrunkView{kNaN, kNaN, 180}})
    EXPECT_EQ(hint_now(state, kBackoff, now, trunk).after.count(), after(state, now));
}

TEST(Hint, KeepsTheReturnsToADeadProviderRare) {
  HintState state;
  for (int caller = 0; caller < 10'000; ++caller) state = after_failure(state, kBackoff, kNow, std::nullopt);
  const Hint hint = hint_now(state, kBackoff, kNow);
  EXPECT_LE(state.waiting / hint.spread.count(), 50.001) << "returns a second";
  EXPECT_LE((hint.after + hint.spread).count(), 600);
}

TEST(Hint, ThoseWhoWaitFade) {
  const HintState state{0, 100, kNow, {}};
  const Hint hint = hint_now(state, kBackoff, kNow + seconds(150), {60, 60, 180});
  EXPECT_NEAR(hint.spread.count(), 600 / std::exp(1), 1e-6);
}

TEST(Hint, AClockThatIsSetBackCountsAsNoTime) {
  WallTime now = kNow;
  const HintState state = failing({}, now, minutes(10));
  const HintState back = after_failure(state, kBackoff, now - std::chrono::hours(5), std::nullopt);
  EXPECT_EQ(back.level, state.level);
  EXPECT_EQ(after(state, now - std::chrono::hours(5)), after(state, now));
  const HintState asked = after_failure({}, kBackoff, now, seconds(600));
  EXPECT_EQ(after(asked, now - std::chrono::hours(5)), 600) << "no more than the catalog's max";
}

TEST(Hint, NonsenseInAStateIsBounded) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double number : {kNaN, kInfinity, -kInfinity, -5.0, 1e300}) {
    for (const WallTime time : {WallTime::min(), WallTime(), kNow, WallTime::max()}) {
      const HintState state{number, number, time, time};
      for (const TrunkView trunk : {TrunkView{}, TrunkView{number, number, number}, TrunkView{60, 60, 180}}) {
        for (const HintState& s : {state, after_failure(state, kBackoff, kNow, seconds(60)),
                                   after_success(state, kBackoff, kNow)}) {
          const Hint hint = hint_now(s, kBackoff, kNow, trunk);
          EXPECT_GT(hint.after.count(), 0);
          EXPECT_LE(hint.after.count(), 600);
          EXPECT_GE(hint.spread.count(), 0);
          EXPECT_LE(hint.spread.count(), 600);
        }
      }
    }
  }
}

}  // namespace
}  // namespace telephony
