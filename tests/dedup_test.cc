// The window of keys that were counted lately, and the journal that keeps it in memory.
#include <gtest/gtest.h>

#include "journal/dedup_window.h"
#include "journal/seal.h"
#include "settings_fixture.h"
#include "telephony_exporter/journal/journal.h"

namespace telephony {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

EventKey key_of(std::uint64_t n) { return {n * 7, n}; }

TEST(DedupWindow, KnowsAKeyUntilItIsForgotten) {
  TestClock clock;
  DedupWindow window({hours(1), 100});
  EXPECT_TRUE(window.insert(key_of(1), clock.now()));
  EXPECT_FALSE(window.insert(key_of(1), clock.now()));
  EXPECT_TRUE(window.insert(key_of(2), clock.now()));
  EXPECT_EQ(window.size(), 2U);
}

TEST(DedupWindow, TellsKeysApartByEachHalf) {
  TestClock clock;
  DedupWindow window({hours(1), 100});
  EXPECT_TRUE(window.insert({1, 2}, clock.now()));
  EXPECT_TRUE(window.insert({2, 2}, clock.now()));
  EXPECT_TRUE(window.insert({1, 1}, clock.now()));
  EXPECT_FALSE(window.insert({2, 2}, clock.now()));
}

TEST(DedupWindow, ForgetsWhatIsOlderThanTheRetention) {
  TestClock clock;
  DedupWindow window({hours(1), 100});
  window.insert(key_of(1), clock.now());
  clock.advance(seconds(1));
  window.insert(key_of(2), clock.now());
  clock.advance(hours(1) - seconds(1));
  window.prune(clock.now(), 10);
  EXPECT_EQ(window.size(), 2U) << "an hour old is not older than an hour";
  clock.advance(seconds(1));
  window.prune(clock.now(), 10);
  EXPECT_TRUE(window.insert(key_of(1), clock.now()));
  EXPECT_FALSE(window.insert(key_of(2), clock.now()));
}

TEST(DedupWindow, ForgetsTheOldestBeyondTheNumber) {
  TestClock clock;
  DedupWindow window({hours(1), 2});
  for (std::uint64_t n = 1; n <= 3; ++n) window.insert(key_of(n), clock.now());
  window.prune(clock.now(), 10);
  EXPECT_EQ(window.size(), 2U);
  EXPECT_FALSE(window.insert(key_of(2), clock.now()));
  EXPECT_FALSE(window.insert(key_of(3), clock.now()));
  EXPECT_TRUE(window.insert(key_of(1), clock.now()));
}

TEST(DedupWindow, ForgetsAFewAtATime) {
  TestClock clock;
  DedupWindow window({hours(1), 100});
  for (std::uint64_t n = 1; n <= 100; ++n) window.insert(key_of(n), clock.now());
  window.limit({hours(1), 10});
  window.prune(clock.now(), 7);
  EXPECT_EQ(window.size(), 93U);
  window.prune(clock.now(), 1000);
  EXPECT_EQ(window.size(), 10U);
}

TEST(DedupWindow, TakesBackTheNewest) {
  TestClock clock;
  DedupWindow window({hours(1), 100});
  for (std::uint64_t n = 1; n <= 3; ++n) window.insert(key_of(n), clock.now());
  window.forget_newest(2);
  EXPECT_FALSE(window.insert(key_of(1), clock.now()));
  EXPECT_TRUE(window.insert(key_of(2), clock.now()));
  EXPECT_TRUE(window.insert(key_of(3), clock.now()));
  EXPECT_EQ(window.size(), 3U);
}

TEST(DedupWindow, AKeyThatStandsThereTwiceKeepsItsNewerTime) {
  TestClock clock;
  const WallTime old = clock.now();
  clock.advance(hours(2));
  DedupWindow window({hours(1), 100});
  window.restore(std::vector{key_of(1)}, clock.now());
  window.restore(std::vector{key_of(2), key_of(1)}, old);
  window.restored();
  EXPECT_EQ(window.size(), 2U);
  EXPECT_FALSE(window.prune(clock.now(), 100));
  EXPECT_EQ(window.size(), 1U);
  EXPECT_FALSE(window.insert(key_of(1), clock.now())) << "counted anew an instant ago";
  EXPECT_TRUE(window.insert(key_of(2), clock.now()));
}

TEST(DedupWindow, SaysHowFarItReaches) {
  TestClock clock;
  DedupWindow window({hours(1), 100});
  EXPECT_EQ(window.covered(clock.now()).count(), 0);
  window.insert(key_of(1), clock.now());
  clock.advance(seconds(90));
  window.insert(key_of(2), clock.now());
  EXPECT_EQ(window.covered(clock.now()).count(), 90);
}

Posting posting_of(std::optional<EventKey> key) {
  Posting posting;
  posting.key = key;
  return posting;
}

std::string duplicates(std::span<const Posting> batch) {
  std::string out;
  for (const Posting& posting : batch) out += posting.duplicate ? 'd' : '-';
  return out;
}

TEST(MemoryJournal, MarksWhatWasKnownBeforeOrCameEarlierInTheBatch) {
  TestClock clock;
  const auto journal = make_memory_journal({hours(1), 100});
  std::vector<Posting> batch = {posting_of(key_of(1)), posting_of(key_of(2)), posting_of(key_of(1)),
                                posting_of({}), posting_of({})};
  EXPECT_TRUE(journal->commit(batch, {}, clock.now()));
  EXPECT_EQ(duplicates(batch), "--d--");
  batch = {posting_of(key_of(3)), posting_of(key_of(2)), posting_of({})};
  EXPECT_TRUE(journal->commit(batch, {}, clock.now()));
  EXPECT_EQ(duplicates(batch), "-d-");
}

// The first of the vectors that SipHash-2-4 with 128 bits was published with.
TEST(IdentityKey, IsTheHashThatJournalsHold) {
  HashKey key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(i);
  EXPECT_EQ(identity_key(key, ""), (EventKey{0xe6a825ba047f81a3, 0x930255c71472f66d}));
}

TEST(MemoryJournal, AMarkOfAnEarlierTryIsTakenBack) {
  TestClock clock;
  const auto journal = make_memory_journal({hours(1), 100});
  std::vector<Posting> batch = {posting_of(key_of(1)), posting_of({})};
  for (Posting& posting : batch) posting.duplicate = true;
  EXPECT_TRUE(journal->commit(batch, {}, clock.now()));
  EXPECT_EQ(duplicates(batch), "--");
}

TEST(MemoryJournal, AKeyDependsOnTheWholeIdentityAndOnTheJournal) {
  const auto journal = make_memory_journal({hours(1), 100});
  EXPECT_EQ(journal->key("acme\nvoice\n1:a"), journal->key("acme\nvoice\n1:a"));
  std::set<std::pair<std::uint64_t, std::uint64_t>> keys;
  for (const std::string& identity : {std::string(), std::string("a"), std::string("b"), std::string("aa"),
                                      std::string("a\0", 2), std::string(1000, 'a')}) {
    const EventKey key = journal->key(identity);
    EXPECT_TRUE(keys.insert({key.high, key.low}).second) << identity;
    EXPECT_NE(key.high, key.low);
  }
  EXPECT_FALSE(journal->key("a") == make_memory_journal({hours(1), 100})->key("a")) << "the hash is keyed";
}

TEST(MemoryJournal, ReportsItself) {
  TestClock clock;
  const auto journal = make_memory_journal({hours(1), 100});
  std::vector<Posting> batch = {posting_of(key_of(1)), posting_of(key_of(1)), posting_of({})};
  journal->commit(batch, {}, clock.now());
  clock.advance(seconds(30));
  batch = {posting_of(key_of(2))};
  journal->commit(batch, {}, clock.now());
  const JournalStats stats = journal->stats(clock.now());
  EXPECT_TRUE(stats.healthy);
  EXPECT_EQ(stats.commits, 2U);
  EXPECT_GT(stats.commit_seconds, 0);
  EXPECT_EQ(stats.dedup_keys, 2U);
  EXPECT_EQ(stats.dedup_window_seconds, 30);
  EXPECT_EQ(stats.bytes, 0U);
}

TEST(MemoryJournal, MeasuresAlsoCommitsThatComeAtOneInstant) {
  TestClock clock;
  const auto journal = make_memory_journal({hours(1), 1000});
  std::vector<Posting> batch(1);
  journal->commit(batch, {}, clock.now());
  const double first = journal->stats(clock.now()).commit_seconds;
  for (int i = 0; i < 100; ++i) journal->commit(batch, {}, clock.now());
  EXPECT_EQ(journal->stats(clock.now()).commits, 101U);
  EXPECT_GT(journal->stats(clock.now()).commit_seconds, first);
}

TEST(MemoryJournal, AKeyThatIsExpectedIsNotYetThere) {
  TestClock clock;
  const auto journal = make_memory_journal({hours(1), 1000});
  journal->expect(key_of(1));
  std::vector<Posting> batch = {posting_of(key_of(1))};
  EXPECT_TRUE(journal->commit(batch, {}, clock.now()));
  EXPECT_EQ(duplicates(batch), "-");
}

TEST(MemoryJournal, StaysWithinNewLimits) {
  TestClock clock;
  const auto journal = make_memory_journal({hours(1), 1000});
  for (std::uint64_t n = 0; n < 100; ++n) {
    std::vector<Posting> batch = {posting_of(key_of(n))};
    journal->commit(batch, {}, clock.now());
  }
  const auto settings = std::make_shared<Settings>();
  settings->dedup_max_keys = 10;
  journal->adopt(settings);
  for (std::uint64_t n = 100; n < 140; ++n) {
    std::vector<Posting> batch = {posting_of(key_of(n))};
    journal->commit(batch, {}, clock.now());
  }
  EXPECT_EQ(journal->stats(clock.now()).dedup_keys, 10U);
}

TEST(MemoryJournal, AClockThatIsSetBackForgetsNothing) {
  TestClock clock;
  const auto journal = make_memory_journal({hours(1), 1000});
  std::vector<Posting> batch = {posting_of(key_of(1))};
  journal->commit(batch, {}, clock.now());
  clock.advance(-hours(5));
  batch = {posting_of(key_of(2))};
  journal->commit(batch, {}, clock.now());
  EXPECT_EQ(journal->stats(clock.now()).dedup_window_seconds, 0) << "no window reaches into the future";
  clock.advance(hours(5) + seconds(1));
  batch = {posting_of(key_of(1)), posting_of(key_of(2))};
  journal->commit(batch, {}, clock.now());
  EXPECT_EQ(duplicates(batch), "dd");
  EXPECT_EQ(journal->stats(clock.now()).dedup_window_seconds, 1);
}

}  // namespace
}  // namespace telephony
