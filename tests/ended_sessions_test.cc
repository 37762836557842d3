// Sessions that have ended, beside a table that remembers all of them; and open calls beside what they were
// when both were kept in such tables.
#include "telephony_exporter/hint/ended_sessions.h"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "telephony_exporter/hint/open_calls.h"

namespace telephony {
namespace {

constexpr std::chrono::hours kMemory{1};
constexpr std::uint32_t kHour = 3600;

class Random {
 public:
  std::uint64_t next(std::uint64_t below) { return (next() >> 33) % below; }
  /// As evenly spread as a keyed hash.
  static std::uint64_t spread(std::uint64_t number) {
    number *= 0x9E3779B97F4A7C15U;
    number = (number ^ (number >> 32)) * 0xD6E8FEB86659FD93U;
    return number ^ (number >> 32);
  }

 private:
  std::uint64_t next() { return state_ = state_ * 6364136223846793005U + 1442695040888963407U; }
  std::uint64_t state_ = 1;
};

TEST(EndedSessions, TakeNothingBeforeTheFirst) {
  EndedSessions sessions(limits::kEndedCalls, kMemory);
  EXPECT_FALSE(sessions.contains(0, 0));
  EXPECT_EQ(sessions.bytes(), 0U);
  sessions.add(0, 0);
  EXPECT_TRUE(sessions.contains(0, 0));
  EXPECT_LE(sessions.bytes(), 1024U);
}

TEST(EndedSessions, AreForgottenAnHourAfterTheFirstEnd) {
  EndedSessions sessions(limits::kEndedCalls, kMemory);
  sessions.add(7, 100);
  sessions.add(7, 1000);
  EXPECT_TRUE(sessions.contains(7, 100 + kHour - 1));
  EXPECT_FALSE(sessions.contains(7, 100 + kHour));
  sessions.add(7, 100 + kHour);
  EXPECT_TRUE(sessions.contains(7, 100 + kHour));
}

TEST(EndedSessions, DoNotComeBackWhenTheClockOfALineWraps) {
  EndedSessions sessions(limits::kEndedCalls, kMemory);
  sessions.add(16, 0);
  for (std::uint32_t now = 0; now < 3 * 65536; now += 60) {
    EXPECT_EQ(sessions.contains(16, now), now < kHour);
    if (now % 3000 == 0) sessions.add(16 * (2 + now), now);  // in the same line
  }
}

TEST(EndedSessions, AreThoseOfATableThatForgetsNone) {
  EndedSessions sessions(limits::kEndedCalls, kMemory);
  CallTable all;
  Random random;
  std::uint32_t now = 0;
  for (int i = 0; i < 400'000; ++i) {
    now += static_cast<std::uint32_t>(i / 50'000 % 2 == 0 ? random.next(2) : random.next(100));
    while (all.oldest() != nullptr && now - all.oldest()->since >= kHour) all.take_oldest();
    const std::uint64_t session = Random::spread(random.next(20'000));
    ASSERT_EQ(sessions.contains(session, now), all.contains({session, 0})) << i;
    if (random.next(2) == 0) continue;
    sessions.add(session, now);
    if (!all.contains({session, 0})) all.add({{session, 0}, {}, now});
  }
}

TEST(EndedSessions, AreBoundedAndOfTooManyNearlyAllOfTheLastAreKept) {
  EndedSessions sessions(limits::kEndedCalls, kMemory);
  constexpr std::uint64_t kSessions = 10 * limits::kEndedCalls;
  for (std::uint64_t session = 0; session < kSessions; ++session) sessions.add(Random::spread(session), 0);
  EXPECT_LE(sessions.bytes(), 4U << 20U);
  std::size_t forgotten = 0;
  for (std::uint64_t back = 1; back <= limits::kEndedCalls; ++back) {
    if (!sessions.contains(Random::spread(kSessions - back), 0)) ++forgotten;
  }
  EXPECT_LE(forgotten, limits::kEndedCalls / 500);
}

/// Open calls as they were when ended sessions stood in a table, too. Nothing here is near a limit.
class Oracle {
 public:
  explicit Oracle(OpenCalls::Tell tell) : tell_(std::move(tell)) {}

  bool knows(std::uint64_t session) const { return open_.legs(session) + ended_.legs(session) > 0; }

  void report(const TrunkId& trunk, const CallId& id, bool over, std::uint32_t now) {
    expire(now);
    if (over) return end(id, now);
    const bool has_ended = ended_.contains({id.session, 0}) || ended_.contains(id);
    if (!has_ended && !open_.contains(id)) open({id, trunk, now});
  }

  void expire(std::uint32_t now) {
    while (ended_.oldest() != nullptr && now - ended_.oldest()->since >= kHour) ended_.take_oldest();
    while (open_.oldest() != nullptr && now - open_.oldest()->since >= 4 * kHour) {
      tell_(*open_.take_oldest(), CallChange::expired);
    }
  }

 private:
  void open(const CallTable::Call& call) {
    if (call.id.leg == 0 && open_.legs(call.id.session) > 0) return;
    if (auto session = open_.take({call.id.session, 0})) {
      session->id = call.id;
      session->since = call.since;
      return open_.add(*session);
    }
    open_.add(call);
    tell_(call, CallChange::opened);
  }

  void end(const CallId& id, std::uint32_t now) {
    const auto take = [&] { return id.leg == 0 ? open_.take_one_of(id.session) : open_.take(id); };
    while (const auto call = take()) tell_(*call, CallChange::ended);
    if (!ended_.contains(id)) ended_.add({id, {}, now});
  }

  OpenCalls::Tell tell_;
  CallTable open_;
  CallTable ended_;
};

/// What a change of a call says, to be compared.
using Told = std::tuple<std::uint64_t, std::uint64_t, AccountId, std::uint32_t, CallChange>;

OpenCalls::Tell into(std::vector<Told>& told) {
  return [&told](const CallTable::Call& call, CallChange change) {
    told.emplace_back(call.id.session, call.id.leg, call.trunk.account, call.since, change);
  };
}

TEST(EndedSessions, LeaveOpenCallsWhatTheyWereWithATable) {
  std::vector<Told> told;
  std::vector<Told> expected;
  OpenCalls calls(into(told));
  Oracle oracle(into(expected));
  Random random;
  std::uint32_t now = 0;
  for (int i = 0; i < 500'000; ++i) {
    now += static_cast<std::uint32_t>(i / 20'000 % 2 == 0 ? 0 : random.next(30));
    const CallId id{Random::spread(random.next(10'000)), random.next(2) * random.next(5)};
    const TrunkId trunk{0, static_cast<AccountId>(random.next(3))};
    const bool over = random.next(3) == 0;
    calls.expire(now);
    oracle.expire(now);
    ASSERT_EQ(calls.knows(id.session, now), oracle.knows(id.session)) << i;
    calls.report(trunk, id, over, now);
    oracle.report(trunk, id, over, now);
    ASSERT_EQ(told, expected) << i;
    told.clear();
    expected.clear();
  }
  EXPECT_GT(calls.expired(), 0U);
  EXPECT_EQ(calls.dropped(), 0U);
}

}  // namespace
}  // namespace telephony
