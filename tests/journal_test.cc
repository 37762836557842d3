// The journal on disk when all goes well: what it remembers, for how long, and in how little space.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault_vfs.h"
#include "interposed.h"
#include "journal/batch_blob.h"
#include "journal_fixture.h"
#include "process.h"

namespace telephony {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;

TEST(BatchBlob, IsReadAsItWasWritten) {
  const WallTime now = TestClock().now();
  std::vector<Posting> batch(5);
  batch[0] = error_posting(EventKey{1, 2}, 3, "acme", now);
  batch[1] = error_posting({}, 4, "", now + seconds(1));
  batch[2].session = 5;
  batch[2].stream = 6;
  batch[3].key = EventKey{7, 8};
  batch[3].duplicate = true;
  batch[4].account = "zenith";
  const std::vector<FilePosition> positions = {{"a.log", 9}, {"", ~std::uint64_t{0}}};
  const std::string bytes = encode_batch(now, batch, positions);
  const Batch read = decode_batch(bytes);
  EXPECT_EQ(read.committed, now);
  ASSERT_EQ(read.postings.size(), 4U) << "without the duplicate";
  EXPECT_EQ(read.postings[0].key, (EventKey{1, 2}));
  EXPECT_EQ(read.postings[0].error, 3U);
  EXPECT_EQ(read.postings[0].account, "acme");
  EXPECT_EQ(read.postings[0].stream, 1U);
  EXPECT_FALSE(read.postings[0].session);
  EXPECT_FALSE(read.postings[1].key);
  EXPECT_EQ(read.postings[1].received, now + seconds(1));
  EXPECT_EQ(read.postings[2].session, 5U);
  EXPECT_EQ(read.postings[2].stream, 6U);
  EXPECT_FALSE(read.postings[2].error);
  EXPECT_EQ(read.postings[3].account, "zenith");
  ASSERT_EQ(read.positions.size(), 2U);
  EXPECT_EQ(read.positions[0].file, "a.log");
  EXPECT_EQ(read.positions[1].offset, ~std::uint64_t{0});
}

TEST(BatchBlob, APostingOfSeveralEventsIsReadAsOne) {
  const WallTime now = TestClock().now();
  std::vector<Posting> batch = {error_posting({}, 3, "acme", now), error_posting({}, 4, "", now)};
  const std::string of_one_each = encode_batch(now, batch, {});
  batch[0].count = 70'000;
  const std::string bytes = encode_batch(now, batch, {});
  EXPECT_EQ(bytes.size(), of_one_each.size() + sizeof batch[0].count) << "a count of 1 takes no room";
  const Batch read = decode_batch(bytes);
  ASSERT_EQ(read.postings.size(), 2U);
  EXPECT_EQ(read.postings[0].count, 70'000U);
  EXPECT_EQ(read.postings[1].count, 1U);
}

// The bytes of a batch as they have stood in journals since there are any.
TEST(BatchBlob, OneFromBeforeThereWereCountsIsRead) {
  const std::string posting = std::string(1, 2 | 4 | 8) + std::string("\6\0\0\0", 4) + std::string(8, '\1') +
                              std::string("\7\0\0\0", 4) + '\5' + std::string("\4\0\0\0acme", 8);
  const std::string bytes =
      std::string(8, '\1') + std::string("\1\0\0\0", 4) + posting + std::string(4, '\0');
  const Batch read = decode_batch(bytes);
  ASSERT_EQ(read.postings.size(), 1U);
  EXPECT_EQ(read.postings[0].stream, 6U);
  EXPECT_EQ(read.postings[0].error, 7U);
  EXPECT_EQ(read.postings[0].session, 5U);
  EXPECT_EQ(read.postings[0].account, "acme");
  EXPECT_EQ(read.postings[0].count, 1U);
}

TEST(BatchBlob, EveryShorterOneIsDamage) {
  const WallTime now = TestClock().now();
  std::vector<Posting> batch = {error_posting(EventKey{1, 2}, 3, "acme", now)};
  batch[0].count = 2;
  const std::vector<FilePosition> positions = {{"a.log", 9}};
  const std::string bytes = encode_batch(now, batch, positions);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(decode_batch(std::string_view(bytes).substr(0, size)), Damage) << size;
  }
  EXPECT_THROW(decode_batch(bytes + '\0'), Damage);
  std::string unknown_part = bytes;
  unknown_part[12] = '\x7f';
  EXPECT_THROW(decode_batch(unknown_part), Damage);
  std::string too_many = bytes;
  too_many[11] = '\x7f';
  EXPECT_THROW(decode_batch(too_many), Damage) << "and no memory is asked for";
}

TEST(BatchBlob, SoAreKeys) {
  const WallTime now = TestClock().now();
  const std::vector<KeyRun> runs = {{now, {{1, 2}, {3, 4}}}, {now + seconds(1), {{5, 6}}}};
  const std::string bytes = encode_keys(runs);
  const auto read = decode_keys(bytes);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].keys, runs[0].keys);
  EXPECT_EQ(read[1].since, now + seconds(1));
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    if (size == 12 + 2 * sizeof(EventKey)) continue;  // the first run alone
    EXPECT_THROW(decode_keys(std::string_view(bytes).substr(0, size)), Damage) << size;
  }
}

/// A journal that can be closed and opened again.
class DiskJournals : public ::testing::Test {
 protected:
  History open() {
    journal_.reset();
    OpenJournal opened = open_journal(path_, now_, log_.log);
    journal_ = std::move(opened.journal);
    journal_->adopt(settings_);
    return std::move(opened.history);
  }
  void limit(DedupLimits limits) {
    settings_ = journal_settings();
    settings_->dedup_retention = limits.retention;
    settings_->dedup_max_keys = limits.max_keys;
    if (journal_) journal_->adopt(settings_);
  }
  EventKey key(std::uint64_t n) const { return journal_->key(std::to_string(n)); }
  std::string count(std::optional<EventKey> key, SeriesId series = 0, std::string_view account = "") {
    return commit(*journal_, {error_posting(key, series, account, now_)}, now_);
  }
  std::string count(std::uint64_t n) { return count(key(n)); }
  bool keep(const std::vector<KeptHint>& hints) { return journal_->keep(hints); }
  void settle() {
    for (int i = 0; i < 1000 && journal_->maintain(now_); ++i) continue;
  }
  JournalStats stats() const { return journal_->stats(now_); }
  std::int64_t rows(const std::string& table) const {
    return Sql(path_).integer("SELECT count(*) FROM " + table);
  }

  TestDirectory directory_;
  KeptLog log_;
  const std::string path_ = directory_.path("some/where/journal.db");
  std::shared_ptr<Settings> settings_ = journal_settings();
  WallTime now_ = TestClock().now();
  std::unique_ptr<Journal> journal_;
};

/// For tests that commit much and leave the disk out of it.
class ManyCommits : public DiskJournals {
 protected:
  FaultVfs vfs_;
  ~ManyCommits() override { journal_.reset(); }
};

TEST_F(DiskJournals, RemembersCountsTimesAccountsSessionsAndPositions) {
  EXPECT_EQ(text_of(open()), "");
  const WallTime first = now_;
  EXPECT_EQ(count(key(1), 0, "acme"), "-");
  now_ += seconds(5);
  Posting both = error_posting(key(2), 4, "other", now_);
  both.session = 3;
  EXPECT_EQ(commit(*journal_, {both, error_posting({}, 0, "acme", now_), both}, now_, {{"a", 10}}), "--d");
  now_ += seconds(5);
  EXPECT_EQ(commit(*journal_, {}, now_, {{"a", 20}, {"b", 1}}), "");
  EXPECT_EQ(count(key(3), 0, ""), "-");
  const auto ms = [](WallTime at) { return std::to_string(at.time_since_epoch().count() / 1'000'000); };
  const std::string expected = "error 0 : 1 " + ms(now_) + ' ' + ms(now_) + "\n" +                     //
                               "error 0 acme: 2 " + ms(first) + ' ' + ms(first + seconds(5)) + "\n" +  //
                               "error 4 other: 1 " + ms(first + seconds(5)) + ' ' + ms(first + seconds(5)) +
                               "\nfile a: 20\nfile b: 1\nsession 1 other 3: 1 " + ms(first + seconds(5)) +
                               "\n";
  EXPECT_EQ(text_of(open()), expected);
  EXPECT_EQ(count(key(2)), "d");
  EXPECT_EQ(text_of(open()), expected) << "a duplicate is nothing";
  EXPECT_EQ(log_.text, "");
}

TEST_F(ManyCommits, RemembersTheSameWhenPacked) {
  open();
  for (std::uint64_t n = 0; n < 255; ++n) {
    now_ += seconds(1);
    count(n % 2 == 0 ? std::optional(key(n)) : std::nullopt, static_cast<SeriesId>(n % 6),
          n % 3 ? "acme" : "");
  }
  Posting several = error_posting({}, 1, "acme", now_);
  several.count = 1000;
  commit(*journal_, {error_posting(key(0), 1, "", now_), several}, now_, {{"a", 1}});
  const std::string before = text_of(open());
  EXPECT_THAT(before, HasSubstr("error 1 acme: 1043 "));
  EXPECT_EQ(rows("batches"), 256);
  EXPECT_FALSE(journal_->maintain(now_));
  EXPECT_EQ(rows("batches"), 0);
  EXPECT_EQ(rows("keys"), 1);
  EXPECT_EQ(text_of(open()), before);
  EXPECT_EQ(stats().dedup_keys, 128U);
  now_ += seconds(1);
  EXPECT_EQ(count(key(4), 0), "d");
  EXPECT_EQ(count(key(1), 0), "-");
  for (std::uint64_t n = 0; n < 512; ++n) count({}, 0, "acme");
  const std::string later = text_of(open());
  EXPECT_TRUE(journal_->maintain(now_)) << "one packing a step";
  EXPECT_FALSE(journal_->maintain(now_));
  EXPECT_EQ(rows("batches"), 1);
  EXPECT_EQ(text_of(open()), later) << "totals are added to totals";
}

TEST_F(ManyCommits, PacksByBytesToo) {
  open();
  std::vector<Posting> batch;
  for (std::uint64_t n = 0; n < 10'000; ++n) batch.push_back(error_posting(key(n), 0, "acme", now_));
  commit(*journal_, batch, now_);
  EXPECT_EQ(rows("batches"), 1);
  settle();
  EXPECT_EQ(rows("batches"), 0);
  EXPECT_EQ(errors_by_account(open()).at("acme"), 10'000U);
}

TEST_F(DiskJournals, KeepsTheNumbersOfSeriesThatAReloadRemoves) {
  open();
  count(key(1), 5);
  auto more = journal_settings();
  const SeriesId added = more->table.error({1, "3", "new", {}}, now_);
  journal_->adopt(more);
  now_ += seconds(1);
  count(key(2), added);
  const History history = open();
  ASSERT_EQ(history.table.errors().size(), 7U);
  EXPECT_EQ(history.table.errors()[added].reason, "new");
  EXPECT_EQ(history.table.error_created(added), now_ - seconds(1));
  EXPECT_EQ(history.table.streams()[1].product, "fax");
  settings_ = std::make_shared<Settings>();
  settings_->table = history.table;  // as load_settings does for a configuration that names none of them
  const SeriesId other = settings_->table.error({0, "9", "other", {}}, now_);
  EXPECT_EQ(other, 7U);
  open();
  count(key(3), other);
  const History last = open();
  EXPECT_EQ(last.table.errors().size(), 8U);
  std::map<SeriesId, std::uint64_t> counts;
  for (const auto& row : last.errors) counts[row.series] = row.count;
  EXPECT_EQ(counts, (std::map<SeriesId, std::uint64_t>{{5, 1}, {added, 1}, {other, 1}}));
  SeriesTable table = last.table;
  EXPECT_EQ(table.error({1, "3", "new", {}}, now_), added) << "it goes on when it is listed again";
}

TEST_F(DiskJournals, KnowsAKeyAcrossARestartUntilTheRetentionEnds) {
  limit({hours(1), 100});
  open();
  EXPECT_EQ(count(1), "-");
  now_ += hours(1);
  open();
  EXPECT_EQ(count(1), "d");
  now_ += seconds(1);
  open();
  settle();
  EXPECT_EQ(count(1), "-");
  EXPECT_EQ(stats().dedup_keys, 1U);
}

TEST_F(DiskJournals, AKeyThatWasCountedAnewKeepsItsNewerTimeAcrossARestart) {
  limit({hours(1), 100});
  open();
  count(1);
  now_ += hours(1) + seconds(1);
  settle();
  EXPECT_EQ(count(1), "-");
  open();
  settle();
  EXPECT_EQ(stats().dedup_window_seconds, 0);
  EXPECT_EQ(count(1), "d");
  now_ += hours(1);
  settle();
  EXPECT_EQ(count(1), "d");
}

TEST_F(DiskJournals, AClockThatIsSetBackForgetsNothing) {
  limit({hours(1), 100});
  open();
  count(1);
  now_ -= hours(5);
  open();
  EXPECT_EQ(count(2), "-");
  EXPECT_EQ(stats().dedup_window_seconds, 0);
  now_ += hours(6);
  open();
  settle();
  EXPECT_EQ(count(1), "d");
  EXPECT_EQ(count(2), "d");
}

TEST_F(ManyCommits, DoesNotGrowForEver) {
  limit({hours(1), 2'000});
  open();
  std::uint64_t n = 0;
  std::uint64_t settled = 0;
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 32; ++i) {
      std::vector<Posting> batch;
      for (int j = 0; j < 20; ++j) batch.push_back(error_posting(key(++n), 0, "acme", now_));
      commit(*journal_, batch, now_);
      journal_->maintain(now_);
    }
    if (round == 20) settled = stats().bytes;
  }
  EXPECT_LE(stats().bytes, settled) << "after twenty times as many keys as are kept";
  EXPECT_EQ(stats().dedup_keys, 2'000U);
  EXPECT_LE(Sql(path_).integer("SELECT sum(keys) FROM keys"), 2'000 + 256 * 20) << "a block more at most";
  now_ += hours(2);
  open();
  settle();
  EXPECT_EQ(rows("keys"), 0) << "all of them are past the retention";
  EXPECT_EQ(stats().dedup_keys, 0U);
  EXPECT_EQ(errors_by_account(open()).at("acme"), n);
}

TEST_F(ManyCommits, ForgetsNothingBeforeItKnowsTheLimits) {
  limit({hours(1000), 1'000'000});
  open();
  for (std::uint64_t n = 0; n < 256; ++n) count(n);
  settle();
  EXPECT_EQ(rows("keys"), 1);
  now_ += hours(500);
  journal_.reset();
  journal_ = open_journal(path_, now_, log_.log).journal;
  settle();
  EXPECT_EQ(rows("keys"), 1);
  journal_->adopt(settings_);
  EXPECT_EQ(count(7), "d");
}

TEST_F(DiskJournals, WhatCannotBeWrittenDownIsNotRemembered) {
  open();
  // No memory holds this many bytes, so writing the batch down fails before a byte of it is read.
  const std::string_view endless("x", std::string_view::npos / 2);
  EXPECT_EQ(commit(*journal_,
                   {error_posting(key(1), 0, "acme", now_), error_posting(key(2), 0, endless, now_)}, now_),
            "!");
  EXPECT_FALSE(stats().healthy);
  EXPECT_EQ(stats().dedup_keys, 0U);
  EXPECT_THAT(log_.text, HasSubstr("the journal cannot commit"));
  EXPECT_EQ(count(1), "-");
  EXPECT_TRUE(stats().healthy);
  EXPECT_EQ(errors_by_account(open()).at(""), 1U);
}

TEST_F(ManyCommits, ABatchThatChangedOnDiskIsNotedAndNothingElseStops) {
  open();
  for (std::uint64_t n = 0; n < 256; ++n) count(n);
  Sql(path_).run("UPDATE batches SET bytes = CAST(bytes || x'00' AS BLOB) WHERE number = 3");
  for (int i = 0; i < 10; ++i) {
    now_ += seconds(2);
    EXPECT_FALSE(journal_->maintain(now_));
    EXPECT_EQ(count(1000 + i), "-");
  }
  EXPECT_EQ(rows("batches"), 266);
  const auto first = log_.text.find("the journal cannot be packed");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(log_.text.find("the journal cannot be packed", first + 1), std::string::npos) << "said once";
}

TEST_F(DiskJournals, DamageAtWorkStopsCommitsAndSaysWhatHelps) {
  open();
  count(1);
  Sql(path_).run("DROP TABLE batches");
  EXPECT_EQ(count(2), "!");
  EXPECT_EQ(count(2), "!");
  EXPECT_EQ(count(1), "d") << "what was committed is still known";
  EXPECT_FALSE(stats().healthy);
  EXPECT_THAT(log_.text, HasSubstr("a restart puts the damaged journal aside"));
  open();
  EXPECT_GT(stats().quarantined_timestamp, 0);
  EXPECT_EQ(count(2), "-");
}

TEST_F(DiskJournals, ReportsItself) {
  open();
  count(1);
  now_ += seconds(30);
  count(2);
  EXPECT_EQ(count(2), "d");
  EXPECT_TRUE(stats().healthy);
  EXPECT_EQ(stats().commits, 3U);
  EXPECT_GT(stats().commit_seconds, 0);
  EXPECT_EQ(stats().dedup_keys, 2U);
  EXPECT_EQ(stats().dedup_window_seconds, 30);
  EXPECT_EQ(stats().quarantined_timestamp, 0);
  std::uint64_t bytes = 0;
  for (const char* part : {"", "-wal", "-shm"}) bytes += std::filesystem::file_size(path_ + part);
  EXPECT_EQ(stats().bytes, bytes);
}

TEST_F(DiskJournals, InMemoryNothingIsKept) {
  for (int i = 0; i < 2; ++i) {
    const OpenJournal opened = open_journal(":memory:", now_, log_.log);
    EXPECT_EQ(text_of(opened.history), "");
    opened.journal->adopt(settings_);
    EXPECT_EQ(commit(*opened.journal, {error_posting(opened.journal->key("a"), 0, "", now_)}, now_), "-");
    EXPECT_EQ(opened.journal->stats(now_).bytes, 0U);
  }
  EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

/// A backup, say: it holds up the log, but nobody who commits.
TEST_F(ManyCommits, ALongReaderStopsNothingAndItsTrailIsCutOff) {
  open();
  count(1);
  {
    Sql reader(path_);
    reader.run("BEGIN; SELECT * FROM journal");
    for (std::uint64_t n = 0; n < 5000; ++n) {
      ASSERT_EQ(count(10 + n), "-");
      journal_->maintain(now_);
    }
    EXPECT_GT(std::filesystem::file_size(path_ + "-wal"), 16U << 20);
    reader.run("COMMIT");
  }
  for (std::uint64_t n = 0; n < 1500; ++n) {
    count(10'000 + n);
    journal_->maintain(now_);
  }
  EXPECT_LE(std::filesystem::file_size(path_ + "-wal"), 17U << 20);
  EXPECT_EQ(errors_by_account(open()).at(""), 6501U);
}

TEST_F(DiskJournals, ACommitWaitsForTheDiskWhenItShould) {
  open();
  count(0);
  constexpr int kCommits = 20;
  EXPECT_GT(interposed::log_syncs(), 0) << "SQLite does not sync through us";
  for (int n = 1; n <= kCommits; ++n) {
    const int before = interposed::log_syncs();
    ASSERT_EQ(count(static_cast<std::uint64_t>(n)), "-");
    EXPECT_GE(interposed::log_syncs(), before + 1) << "it was acknowledged before it was safe";
  }
  int before = interposed::syncs();
  EXPECT_EQ(count(1), "d");
  EXPECT_EQ(interposed::syncs(), before) << "that one is safe already";

  settings_ = journal_settings();
  settings_->journal_sync_full = false;
  journal_->adopt(settings_);
  count(1000);
  before = interposed::syncs();
  for (std::uint64_t n = 0; n < kCommits; ++n) ASSERT_EQ(count(2000 + n), "-");
  EXPECT_EQ(interposed::syncs(), before);

  settings_ = journal_settings();
  journal_->adopt(settings_);
  before = interposed::log_syncs();
  count(3000);
  EXPECT_GE(interposed::log_syncs(), before + 1) << "a reload takes effect";
}

TEST_F(DiskJournals, HintsComeBackAsTheyWereKept) {
  open();
  count(1);
  const HintState full{2.7182818284590452, 1e300, now_, now_ + seconds(90)};
  EXPECT_TRUE(keep({{0, "acme", full}, {0, "", {1, 0, now_, {}}}, {4, "zenith", {0.1, -0.0, {}, now_}}}));
  EXPECT_TRUE(keep({{0, "", {}}, {4, "zenith", {0.2, 0, now_, {}}}, {5, "never kept", {}}}));
  const auto states = [](const History& history) {
    std::map<std::string, HintState> out;
    for (const KeptHint& hint : history.hints)
      out[std::to_string(hint.series) + ' ' + hint.account] = hint.state;
    return out;
  };
  const std::map<std::string, HintState> kept = {{"0 acme", full}, {"4 zenith", {0.2, 0, now_, {}}}};
  EXPECT_EQ(states(open()), kept);
  EXPECT_EQ(count(1), "d");
  EXPECT_EQ(rows("hints"), 2);
  EXPECT_TRUE(keep({{0, "acme", {}}, {4, "zenith", {}}}));
  EXPECT_TRUE(open().hints.empty());
  EXPECT_EQ(rows("hints"), 0);
}

TEST_F(DiskJournals, HintsThatCannotBeKeptHurtNobody) {
  open();
  count(1);
  {
    Sql other(path_);
    other.run("BEGIN IMMEDIATE");
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(keep({{0, "acme", {1, 0, now_, {}}}}));
    EXPECT_TRUE(stats().healthy);
    other.run("ROLLBACK");
  }
  const auto first = log_.text.find("retry hints cannot be kept");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(log_.text.find("retry hints cannot be kept", first + 1), std::string::npos) << "said once";
  EXPECT_TRUE(keep({{0, "acme", {2, 0, now_, {}}}}));
  EXPECT_EQ(count(2), "-");
  const History history = open();
  ASSERT_EQ(history.hints.size(), 1U);
  EXPECT_EQ(history.hints[0].state.level, 2);
}

TEST_F(DiskJournals, TheCommandsTellWhatStandsThere) {
  open();
  count(key(1), 0, "acme");
  commit(*journal_, {error_posting(key(2), 1, "zenith", now_)}, now_, {{"a.log", 5}});
  keep({{0, "acme", {1, 0, now_, {}}}});
  const auto check = [&](const std::string& path) { return run_exporter({"journal", "check", path}); };
  const auto print = [&](const std::string& path) { return run_exporter({"journal", "stats", path}); };
  for (const char* state : {"in use", "closed"}) {
    const Finished checked = check(path_);
    EXPECT_EQ(checked.output, path_ + ": ok, 2 errors and 0 sessions\n") << state << checked.errors;
    EXPECT_EQ(checked.exit_code, 0);
    const Finished printed = print(path_);
    EXPECT_EQ(printed.exit_code, 0);
    for (const char* line :
         {"created\t2023-11-14T22:13:20Z\n", "took_the_place_of_a_damaged_one\tnever\n", "errors\t2\n",
          "sessions\t0\n", "accounts\t2\n", "series\t6\n", "file_positions\t1\n", "raised_hints\t1\n",
          "unpacked_batches\t2\n", "dedup_keys\t2\n", "oldest_dedup_key\t2023-11-14T22:13:20Z\n"}) {
      EXPECT_THAT(printed.output, HasSubstr(line)) << state;
    }
    if (journal_) EXPECT_EQ(count(key(2)), "d") << "looking at it disturbs nothing";
    journal_.reset();
  }
  const std::string damaged = directory_.write("damaged.db", bytes_of(path_).substr(0, 9000));
  EXPECT_EQ(check(damaged).exit_code, 1);
  EXPECT_THAT(check(damaged).errors, HasSubstr(damaged + ": is damaged: "));
  EXPECT_THAT(check(damaged).errors, HasSubstr("; the exporter will put it aside and count afresh"));
  EXPECT_EQ(print(damaged).exit_code, 1);
  EXPECT_EQ(bytes_of(damaged).size(), 9000U);
  const std::string foreign = directory_.path("foreign.db");
  Sql(foreign).run("CREATE TABLE invoices (id)");
  const std::string missing = directory_.path("missing.db");
  for (const std::string& path : {foreign, missing}) {
    for (const Finished& done : {check(path), print(path)}) {
      EXPECT_EQ(done.exit_code, 1);
      EXPECT_EQ(done.output, "");
      EXPECT_THAT(done.errors, HasSubstr("telephony_exporter: '" + path + "' "));
    }
  }
  EXPECT_FALSE(std::filesystem::exists(missing));
}

}  // namespace
}  // namespace telephony
