// Every call that SQLite makes of the file system fails once, and from then on, at every place of a day's
// work: nothing that was acknowledged is lost, nothing is counted twice, and it heals by itself.
#include <gtest/gtest.h>

#include <boost/algorithm/string/join.hpp>
#include <optional>
#include <set>

#include "fault_vfs.h"
#include "journal_fixture.h"
#include "river_fixture.h"

namespace telephony {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const char* const kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice, fax]
    title: Voice
    source: https://example.com/codes
    codes:
      - {code: "1", reason: full, family: lines, category: capacity, severity: critical,
         retry: {class: backoff, base: 5s, max: 1h}, message: Full, meaning: m, remedy: r}
    families:
      - {name: lines, title: Lines, unlisted: {category: capacity, severity: warning, retry: never}}
outcomes: {failed: [failed]}
events:
  - {kind: call, when: [/status, /code], status: [/status], code: [/code], account: [/account],
     retry_after: [/wait], dedup: {id: [/id]}}
)";
const char* const kMore =
    "  - {name: fax, provider: acme, product: fax, webhook: {path: /fax, auth: none}}\n"
    "accounts: {max: 1000}\n";

std::string event(const std::string& id, const std::string& account) {
  return R"({"id":")" + id + R"(","status":"failed","code":1,"wait":"1800","account":")" + account + "\"}";
}

/// What senders know: an event's name is its account's, so the journal tells how often each one counted.
struct Told {
  std::map<std::string, std::string> source;  ///< of every event that was sent
  std::set<std::string> acknowledged;
  std::uint64_t nameless_acknowledged = 0;
  std::uint64_t nameless_sent = 0;
};

constexpr std::uint64_t kStemEvents = 256 + 252;
constexpr std::size_t kFrameBytes = 4096 + 24;

class Faults : public ::testing::Test {
 protected:
  Faults() { make_stem(); }

  /// Runs the day again and again, with the fault one call later each time, until it comes no more. Returns
  /// how many times it came.
  int sweep(Fault fault) {
    for (fault.nth = 1;; ++fault.nth) {
      SCOPED_TRACE("call " + std::to_string(fault.nth) + (fault.for_ever ? " and all after it" : ""));
      day(fault);
      if (vfs_.fired() && !HasFailure()) continue;
      RecordProperty("calls_" + std::to_string(static_cast<int>(fault.call)) + '_' +
                         std::to_string(fault.code) + (fault.for_ever ? "_and_after" : ""),
                     fault.nth - 1);
      return fault.nth - 1;
    }
  }

  /// A journal as a process leaves it that was killed: a block of keys that is soon to be forgotten, batches
  /// that are soon to be packed, and a log that is soon to be written back.
  void make_stem() {
    open();
    for (int i = 0; i < 256; ++i) river_->json("calls", event("old" + std::to_string(i), "stem"));
    now_ += hours(50);
    river_->clock.advance(hours(50));
    for (int i = 0; i < 252; ++i) river_->json("fax", event("new" + std::to_string(i), "stem"));
    copy_journal(path_, path_ + "2");
    Sql sql(path_ + "2");
    sql.run("PRAGMA wal_autocheckpoint = 0");
    EXPECT_EQ(sql.integer("SELECT count(*) FROM batches"), 252);
    const auto log_bytes = [&] { return std::filesystem::file_size(path_ + "2-wal"); };
    ASSERT_LT(log_bytes(), 972 * kFrameBytes);
    while (log_bytes() < 972 * kFrameBytes) {
      for (int i = 0; i < 2; ++i) sql.run("UPDATE journal SET seal = ~seal");
    }
    copy_journal(path_ + "2", stem_);
    river_.reset();
  }

  /// For what would otherwise happen once in a thousand ways, at each frame of the log.
  void write_back_stem() {
    Sql(stem_).run("PRAGMA wal_checkpoint(TRUNCATE)");
    EXPECT_FALSE(std::filesystem::exists(stem_ + "-wal"));
  }

  void day(Fault fault) {
    told_ = {};
    Told told_at_fault;
    copy_journal(stem_, path_);
    now_ = start_ + hours(50);
    fault.at_first = [&] {
      copy_journal(path_, aside_);
      told_at_fault = told_;
    };
    const bool for_ever = fault.for_ever;
    vfs_.arm(std::move(fault));
    morning();
    now_ += hours(47);
    if (river_) river_->clock.advance(hours(47));
    evening();
    close();
    if (open() || (!for_ever && open())) post("calls", {"w10"});
    vfs_.disarm();
    heal();
    close();
    check(path_, told_);
    if (!vfs_.fired()) return;
    SCOPED_TRACE("killed when it failed");
    check(aside_, told_at_fault);
  }

  void morning() {
    if (!open() && !open()) return;
    post("calls", {"w1"});
    post("calls", {"w2", "w3", "w2"});
    post("calls", {"w1"});
    post("fax", {"w4"});
    post_nameless();
  }

  void evening() {
    if (!river_) return;
    for (const char* id : {"w5", "w6", "w7", "w2", "w8", "w9"}) post("fax", {id});
  }

  bool open() {
    try {
      OpenJournal opened = open_journal(path_, now_, log_.log);
      restored_ = text_of(opened.history);
      journal_ = opened.journal.get();
      river_.emplace(settings_, std::move(opened.journal));
      river_->clock.advance(std::chrono::duration_cast<std::chrono::milliseconds>(now_ - start_));
      river_->ledger().restore(opened.history);
      river_->hints().restore(opened.history.hints);
      before_ = errors_of(opened.history);
      return true;
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("--journal.path '" + path_ + "' cannot be used: "));
      return false;
    }
  }

  void close() {
    if (!river_) return;
    double ledger = 0;
    for (const auto& cell : river_->ledger().numbers().errors) ledger += cell.count;
    EXPECT_EQ(ledger, static_cast<double>(before_ + river_->total().counted));
    raised_ = river_->raised();
    river_.reset();
  }

  static std::uint64_t errors_of(const History& history) {
    std::uint64_t sum = 0;
    for (const auto& row : history.errors) sum += row.count;
    return sum;
  }

  void post(const std::string& source, const std::vector<std::string>& ids) {
    if (!river_) return;
    std::string body;
    for (const std::string& id : ids) {
      body += (body.empty() ? "[" : ",") + event(id, id);
      told_.source.emplace(id, source);
    }
    const Receipt receipt = river_->json(told_.source.at(ids.front()), body + "]");
    if (receipt.unavailable) {
      EXPECT_EQ(receipt.rejected, ids.size());
      return;
    }
    const bool known = told_.acknowledged.contains(ids.front());
    if (known) EXPECT_EQ(receipt.duplicate, ids.size());
    told_.acknowledged.insert(ids.begin(), ids.end());
  }

  void post_nameless() {
    if (!river_) return;
    ++told_.nameless_sent;
    const Receipt receipt = river_->json("calls", R"({"code":1,"account":"nameless"})");
    if (!receipt.unavailable) ++told_.nameless_acknowledged;
  }

  /// What a supervisor and the pipeline's own thread would do, and nothing more.
  void heal() {
    if (!river_) ASSERT_TRUE(open());
    now_ += seconds(2);
    river_->clock.advance(seconds(2));
    journal_->maintain(now_);
    EXPECT_TRUE(journal_->stats(now_).healthy);
    post("calls", {"last"});
    EXPECT_TRUE(told_.acknowledged.contains("last"));
  }

  void check(const std::string& path, const Told& told) {
    EXPECT_TRUE(put_aside(path).empty()) << "a disk that fails is no damage: " << log_.text;
    {
      OpenJournal opened = open_journal(path, now_, log_.log);
      expect_counts(opened.history, told, false);
      expect_hints(opened.history, told);
      EXPECT_EQ(opened.journal->stats(now_).quarantined_timestamp, 0);
      River river(settings_, std::move(opened.journal));
      river.clock.advance(std::chrono::duration_cast<std::chrono::milliseconds>(now_ - start_));
      river.ledger().restore(opened.history);
      river.hints().restore(opened.history.hints);
      if (path == path_) EXPECT_EQ(river.raised(), raised_) << "what was learned is kept in the end";
      redeliver(river, told);
      EXPECT_EQ(summary(river.json("fax", event("new7", "stem"))), "duplicate 1");
    }
    expect_counts(open_journal(path, now_, log_.log).history, told, true);
  }

  static void expect_hints(const History& history, const Told& told) {
    for (const KeptHint& hint : history.hints) {
      const std::string& account = hint.account;
      EXPECT_TRUE(account == "stem" || account == "nameless" || told.source.contains(account)) << account;
      EXPECT_NE(hint.state, HintState());
    }
  }

  /// Everything again, what was acknowledged and what was not in bodies of their own.
  static void redeliver(River& river, const Told& told) {
    std::map<std::pair<std::string, bool>, std::vector<std::string>> bodies;
    for (const auto& [id, source] : told.source) {
      bodies[{source, told.acknowledged.contains(id)}].push_back(event(id, id));
    }
    for (const auto& [to, events] : bodies) {
      const Receipt receipt = river.json(to.first, '[' + boost::algorithm::join(events, ",") + ']');
      EXPECT_EQ(receipt.duplicate + (to.second ? 0 : receipt.counted), events.size());
    }
  }

  /// `redelivered`: until each was acknowledged.
  static void expect_counts(const History& history, const Told& told, bool redelivered) {
    auto counts = errors_by_account(history);
    EXPECT_EQ(counts["stem"], kStemEvents);
    EXPECT_GE(counts["nameless"], told.nameless_acknowledged);
    EXPECT_LE(counts["nameless"], told.nameless_sent);
    std::uint64_t sum = counts["stem"] + counts["nameless"];
    for (const auto& [id, source] : told.source) {
      if (redelivered || told.acknowledged.contains(id)) EXPECT_EQ(counts[id], 1U) << id;
      EXPECT_LE(counts[id], 1U) << id;
      sum += counts[id];
    }
    EXPECT_EQ(errors_of(history), sum) << "something was invented";
  }

  TestDirectory directory_;
  FaultVfs vfs_;
  KeptLog log_;
  const std::string path_ = directory_.path("journal.db");
  const std::string stem_ = directory_.path("stem.db");
  const std::string aside_ = directory_.path("aside.db");
  const std::shared_ptr<const Settings> settings_ = settings_of(directory_, kCatalog, kMore);
  const WallTime start_ = TestClock().now();
  WallTime now_ = start_;
  std::string restored_;
  std::string raised_;  ///< when the river was closed last
  std::uint64_t before_ = 0;
  Journal* journal_ = nullptr;
  std::optional<River> river_;
  Told told_;
};

TEST_F(Faults, TheDayHasAllThatCanHappenToAJournal) {
  copy_journal(stem_, path_);
  now_ = start_ + hours(50);
  const std::string before = bytes_of(path_);
  ASSERT_TRUE(open());
  const auto sql = [&](const char* text) { return Sql(path_).integer(text); };
  EXPECT_EQ(sql("SELECT count(*) FROM batches"), 252);
  EXPECT_EQ(sql("SELECT count(*) FROM keys"), 1);
  close();
  copy_journal(stem_, path_);
  morning();
  EXPECT_EQ(bytes_of(path_), before);
  EXPECT_EQ(sql("SELECT count(*) FROM batches"), 0) << "they were packed";
  EXPECT_EQ(sql("SELECT count(*) FROM keys"), 2);
  now_ += hours(47);
  river_->clock.advance(hours(47));
  evening();
  EXPECT_EQ(sql("SELECT count(*) FROM keys"), 1) << "one was forgotten";
  EXPECT_NE(bytes_of(path_), before) << "the log was written back";
  EXPECT_EQ(told_.acknowledged.size(), 9U);
  EXPECT_GT(sql("SELECT count(*) FROM hints"), 0);
}

TEST_F(Faults, AWriteThatFailsOnce) {
  EXPECT_GT(sweep({.call = Call::write, .code = SQLITE_IOERR_WRITE}), 80);
}

TEST_F(Faults, ADiskThatIsFull) {
  EXPECT_GT(sweep({.call = Call::write, .code = SQLITE_FULL, .for_ever = true}), 80);
}

TEST_F(Faults, AWriteThatStopsHalfWay) {
  EXPECT_GT(sweep({.call = Call::write, .code = SQLITE_IOERR_WRITE, .partly = true}), 80);
}

TEST_F(Faults, ADiskThatFillsUpWithinAWrite) {
  EXPECT_GT(sweep({.call = Call::write, .code = SQLITE_FULL, .for_ever = true, .partly = true}), 80);
}

TEST_F(Faults, ASyncThatFails) {
  for (const bool for_ever : {false, true}) {
    EXPECT_GT(sweep({.call = Call::sync, .code = SQLITE_IOERR_FSYNC, .for_ever = for_ever}), 10);
  }
}

TEST_F(Faults, AReadThatFails) {
  write_back_stem();
  for (const bool for_ever : {false, true}) {
    EXPECT_GT(sweep({.call = Call::read, .code = SQLITE_IOERR_READ, .for_ever = for_ever}), 10);
  }
}

TEST_F(Faults, AFileThatCannotBeOpenedRemovedCutOrMeasured) {
  for (const bool for_ever : {false, true}) {
    EXPECT_GT(sweep({.call = Call::open, .code = SQLITE_CANTOPEN, .for_ever = for_ever}), 3);
    EXPECT_GT(sweep({.call = Call::remove, .code = SQLITE_IOERR_DELETE, .for_ever = for_ever}), 0);
    EXPECT_GT(sweep({.call = Call::truncate, .code = SQLITE_IOERR_TRUNCATE, .for_ever = for_ever}), 0);
    EXPECT_GT(sweep({.call = Call::size, .code = SQLITE_IOERR_FSTAT, .for_ever = for_ever}), 3);
  }
}

TEST_F(Faults, ALockThatIsNotGiven) {
  for (const bool for_ever : {false, true}) {
    EXPECT_GT(sweep({.call = Call::lock, .code = SQLITE_BUSY, .for_ever = for_ever}), 2);
    EXPECT_GT(sweep({.call = Call::lock, .code = SQLITE_IOERR_LOCK, .for_ever = for_ever}), 2);
  }
}

TEST_F(Faults, SharedMemoryThatIsNotThereOrNotOurs) {
  for (const bool for_ever : {false, true}) {
    EXPECT_GT(sweep({.call = Call::shm_map, .code = SQLITE_IOERR_SHMMAP, .for_ever = for_ever}), 1);
    EXPECT_GT(sweep({.call = Call::shm_lock, .code = SQLITE_BUSY, .for_ever = for_ever}), 20);
    EXPECT_GT(sweep({.call = Call::shm_lock, .code = SQLITE_IOERR_SHMLOCK, .for_ever = for_ever}), 20);
  }
}

}  // namespace
}  // namespace telephony
