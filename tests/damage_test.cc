// A journal that is cut, flipped, swapped or somebody else's: it tells the truth, or it is put aside whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <random>
#include <set>

#include "fault_vfs.h"
#include "interposed.h"
#include "journal/seal.h"
#include "journal_fixture.h"

namespace telephony {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::size_t kPage = 4096;

/// A journal, and all that it has remembered in its time.
class Damaged : public ::testing::Test {
 protected:
  enum class Outcome : std::uint8_t { truth, earlier, aside };

  Damaged() { remember(); }

  void remember() { truth_.push_back(text_of(model_)); }

  static void add(std::vector<History::Errors>& rows, const Posting& posting) {
    for (auto& row : rows) {
      if (row.series != *posting.error || row.account != posting.account) continue;
      ++row.count;
      row.last_seen = posting.received;
      return;
    }
    rows.push_back({*posting.error, std::string(posting.account), 1, posting.received, posting.received});
  }

  static void add(std::vector<History::Sessions>& rows, const Posting& posting) {
    for (auto& row : rows) {
      if (row.stream != posting.stream || row.account != posting.account) continue;
      if (row.outcome == *posting.session) return void(++row.count);
    }
    rows.push_back({posting.stream, std::string(posting.account), *posting.session, 1, posting.received});
  }

  /// Every kind of posting that there is, in turn.
  void commit_one(Journal& journal) {
    now_ += seconds(1);
    ++commits_;
    const char* const accounts[] = {"", "acme", "zenith", "other"};
    Posting posting = error_posting(journal.key(std::to_string(commits_)),
                                    static_cast<SeriesId>(commits_ % 6), accounts[commits_ % 4], now_);
    if (commits_ % 3 == 0) posting.session = static_cast<std::uint8_t>(commits_ % 5);
    if (commits_ % 7 == 0) posting.key.reset();
    std::vector<Posting> batch = {posting};
    if (posting.key && commits_ % 5 == 0) batch.push_back(posting);
    std::vector<FilePosition> positions;
    if (commits_ % 10 == 0) positions = {{"calls-" + std::to_string(commits_ % 4) + ".log", commits_ * 100}};
    ASSERT_TRUE(journal.commit(batch, positions, now_));
    journal.maintain(now_);
    keys_ += posting.key ? 1 : 0;
    add(model_.errors, posting);
    if (posting.session) add(model_.sessions, posting);
    for (const FilePosition& position : positions) {
      std::erase_if(model_.positions, [&](const FilePosition& old) { return old.file == position.file; });
      model_.positions.push_back(position);
    }
    remember();
    if (commits_ % 4 == 0) keep_one(journal, posting);
  }

  void keep_one(Journal& journal, const Posting& posting) {
    KeptHint hint{*posting.error, std::string(posting.account), {}};
    if (commits_ % 16 != 0) hint.state = {0.1 * static_cast<double>(commits_), 3, now_, now_ + seconds(60)};
    ASSERT_TRUE(journal.keep({&hint, 1}));
    std::erase_if(model_.hints, [&](const KeptHint& old) {
      return old.series == hint.series && old.account == hint.account;
    });
    if (hint.state != HintState()) model_.hints.push_back(hint);
    remember();
  }

  std::unique_ptr<Journal> open_sound() {
    OpenJournal opened = open_journal(path_, now_, log_.log);
    EXPECT_EQ(text_of(opened.history), truth_.back());
    opened.journal->adopt(settings_);
    return std::move(opened.journal);
  }

  /// Closed, with rows in every table.
  void make_closed() {
    const auto journal = open_sound();
    for (int i = 0; i < 256 + 20; ++i) commit_one(*journal);
  }

  void put(const std::string& database, const std::optional<std::string>& log) {
    remove_journal(path_);
    log_.text.clear();
    write_bytes(path_, database);
    if (log) write_bytes(path_ + "-wal", *log);
  }

  /// Opens it as it stands there, and checks all that must hold whatever is damaged.
  Outcome open_damaged(const std::string& database, const std::optional<std::string>& log) {
    put(database, log);
    const JournalReport report = inspect_journal(path_);
    EXPECT_EQ(bytes_of(path_), database) << "looking changes nothing";
    OpenJournal opened = open_journal(path_, now_, log_.log);
    const auto aside = put_aside(path_);
    EXPECT_EQ(report.damage.empty(), aside.empty()) << report.damage << ' ' << log_.text;
    if (aside.empty()) return outcome_of(opened);
    EXPECT_EQ(text_of(opened.history), "");
    EXPECT_TRUE(opened.history.table.streams().empty());
    expect_kept(aside, database, log);
    const double when = opened.journal->stats(now_).quarantined_timestamp;
    EXPECT_EQ(when, std::chrono::duration<double>(now_.time_since_epoch()).count());
    EXPECT_THAT(log_.text, HasSubstr("the journal is damaged and was put aside"));
    EXPECT_THAT(log_.text, HasSubstr("kept_as=" + path_ + ".damaged-"));
    if (++asides_ % 16 == 1) expect_works_from_now_on(std::move(opened.journal));
    return Outcome::aside;
  }

  Outcome outcome_of(const OpenJournal& opened) {
    const std::string text = text_of(opened.history);
    EXPECT_EQ(opened.journal->stats(now_).quarantined_timestamp, 0);
    if (text == truth_.back()) {
      EXPECT_EQ(opened.journal->stats(now_).dedup_keys, keys_);
      return Outcome::truth;
    }
    EXPECT_THAT(truth_, testing::Contains(text)) << "that never was";
    return Outcome::earlier;
  }

  void expect_kept(const std::map<std::string, std::string>& aside, const std::string& database,
                   const std::optional<std::string>& log) {
    int databases = 0;
    int logs = 0;
    for (const auto& [name, bytes] : aside) {
      if (name.ends_with("-shm")) continue;
      const bool is_log = name.ends_with("-wal");
      EXPECT_TRUE(bytes == (is_log ? log.value_or("") : database)) << name << " is not what it was";
      ++(is_log ? logs : databases);
    }
    EXPECT_EQ(databases, 1);
    EXPECT_EQ(logs, log.value_or("").empty() ? logs : 1);
  }

  void expect_works_from_now_on(std::unique_ptr<Journal> journal) {
    journal->adopt(settings_);
    EXPECT_EQ(commit(*journal, {error_posting(journal->key("a"), 1, "acme", now_)}, now_), "-");
    const double when = journal->stats(now_).quarantined_timestamp;
    journal.reset();
    const OpenJournal again = open_journal(path_, now_ + seconds(5), log_.log);
    EXPECT_EQ(again.journal->stats(now_).quarantined_timestamp, when);
    EXPECT_EQ(errors_by_account(again.history).at("acme"), 1U);
  }

  void tally(Outcome outcome) { ++outcomes_[outcome]; }
  int truths() { return outcomes_[Outcome::truth]; }
  int earlier() { return outcomes_[Outcome::earlier]; }
  int asides() { return outcomes_[Outcome::aside]; }
  void record() {
    RecordProperty("truth", truths());
    RecordProperty("earlier", earlier());
    RecordProperty("aside", asides());
  }

  void flip(std::string bytes, std::size_t at, unsigned char mask, const std::optional<std::string>& log) {
    SCOPED_TRACE("byte " + std::to_string(at) + " xor " + std::to_string(mask));
    bytes[at] = static_cast<char>(bytes[at] ^ mask);
    tally(open_damaged(bytes, log));
  }

  void flip_log(const std::string& database, std::string log, std::size_t at, unsigned char mask) {
    SCOPED_TRACE("byte " + std::to_string(at) + " of the log xor " + std::to_string(mask));
    log[at] = static_cast<char>(log[at] ^ mask);
    tally(open_damaged(database, log));
  }

  TestDirectory directory_;
  FaultVfs vfs_;  // which spares the disk
  KeptLog log_;
  std::string path_ = directory_.path("journal.db");
  const std::shared_ptr<const Settings> settings_ = journal_settings();
  WallTime now_ = TestClock().now();
  std::size_t commits_ = 0;
  std::uint64_t keys_ = 0;
  History model_;
  std::vector<std::string> truth_;  ///< after every change
  std::map<Outcome, int> outcomes_;
  int asides_ = 0;
};

TEST_F(Damaged, ADatabaseThatIsCut) {
  make_closed();
  const std::string whole = bytes_of(path_);
  Sql sql(path_);
  for (const char* table :
       {"journal", "streams", "series", "errors", "sessions", "positions", "batches", "keys", "hints"}) {
    EXPECT_GT(sql.integer("SELECT count(*) FROM " + std::string(table)), 0) << table;
  }
  ASSERT_GT(whole.size(), 10 * kPage);
  for (std::size_t page = 0; page < whole.size(); page += kPage) {
    for (const std::size_t more : {std::size_t{0}, std::size_t{7}, std::size_t{100}, kPage - 1}) {
      if (page + more == 0) continue;
      SCOPED_TRACE("cut at " + std::to_string(page + more));
      tally(open_damaged(whole.substr(0, page + more), {}));
    }
  }
  EXPECT_EQ(asides(), static_cast<int>(whole.size() / kPage * 4 - 1));
  put("", {});
  EXPECT_EQ(outcome_of(open_journal(path_, now_, log_.log)), Outcome::earlier)
      << "an empty file is also what a start leaves behind that was interrupted";
  EXPECT_EQ(open_damaged(whole, {}), Outcome::truth);
  record();
}

TEST_F(Damaged, AnyByteOfTheHeader) {
  make_closed();
  const std::string whole = bytes_of(path_);
  for (std::size_t at = 0; at < 112; ++at) {
    for (const unsigned char mask : {0x01, 0xff}) flip(whole, at, mask, {});
  }
  flip(whole, 104, 0x08, {});  // as if there were no table
  EXPECT_EQ(earlier(), 0);
  EXPECT_GT(truths(), 20) << "much of the header says nothing";
  EXPECT_GT(asides(), 20);
  record();
}

TEST_F(Damaged, BytesOfAllPages) {
  make_closed();
  const std::string whole = bytes_of(path_);
  for (std::size_t at = 112, n = 0; at < whole.size(); at += 13, ++n) {
    if (whole[at] == 0 && n % 32 != 0) continue;  // most of it is free space
    flip(whole, at, n % 2 == 0 ? 0x01 : 0xff, {});
  }
  EXPECT_EQ(earlier(), 0);
  EXPECT_GT(truths(), 50) << "there is free space in pages";
  EXPECT_GT(asides(), 400);
  record();
}

TEST_F(Damaged, ALogThatIsCutOrFlipped) {
  make_closed();
  const std::string closed = bytes_of(path_);
  const auto journal = open_sound();
  for (int i = 0; i < 8; ++i) commit_one(*journal);
  const std::string database = bytes_of(path_);
  const std::string log = bytes_of(path_ + "-wal");
  EXPECT_EQ(database, closed);
  path_ = directory_.path("copy.db");
  for (std::size_t frame = 32; frame < log.size(); frame += kPage + 24) {
    for (std::size_t more = 0; more < 24; more += 5) flip_log(database, log, frame + more, 0x01);
    for (const std::size_t more : {0, 1, 24, 100}) tally(open_damaged(database, log.substr(0, frame + more)));
  }
  for (std::size_t at = 0; at < log.size(); at += at < 32 ? 1 : 101) flip_log(database, log, at, 0xff);
  EXPECT_EQ(open_damaged(database, log), Outcome::truth);
  EXPECT_EQ(asides(), 0) << "what the log lost is as if it had never been";
  EXPECT_GT(earlier(), 300);
  record();
}

/// A reader holds on to an old state, so only a part of the log has been written back.
TEST_F(Damaged, ALogThatWasWrittenBackInPart) {
  make_closed();
  const std::string closed = bytes_of(path_);
  const auto journal = open_sound();
  const auto named = journal_settings();  // whose names change pages that no later commit changes
  named->table.error({0, "3", "new", {}}, now_);
  journal->adopt(named);
  for (int i = 0; i < 4; ++i) commit_one(*journal);
  Sql reader(path_);
  reader.run("BEGIN; SELECT * FROM batches");
  for (int i = 0; i < 4; ++i) commit_one(*journal);
  Sql writer(path_);
  writer.run("PRAGMA wal_checkpoint(PASSIVE)");
  const std::string database = bytes_of(path_);
  const std::string log = bytes_of(path_ + "-wal");
  EXPECT_FALSE(database == closed);
  path_ = directory_.path("copy.db");
  for (std::size_t frame = 32; frame < log.size(); frame += kPage + 24) {
    for (const std::size_t more : {0, 3, 5, 12, 20, 1000}) {
      flip_log(database, log, frame + more, 0x01);
      tally(open_damaged(database, log.substr(0, frame + more)));
    }
  }
  EXPECT_EQ(open_damaged(database, log), Outcome::truth);
  EXPECT_GT(earlier() + asides(), 50);
  record();
}

TEST_F(Damaged, ADatabaseBesideASoundLog) {
  make_closed();
  const auto journal = open_sound();
  for (int i = 0; i < 4; ++i) commit_one(*journal);
  const std::string database = bytes_of(path_);
  const std::string log = bytes_of(path_ + "-wal");
  path_ = directory_.path("copy.db");
  for (std::size_t at = 0; at < database.size(); at += 53) {
    if (database[at] != 0) flip(database, at, 0xff, log);
  }
  EXPECT_GT(asides(), 50);
  record();
}

TEST_F(Damaged, ALogWithoutItsDatabase) {
  const auto journal = open_sound();
  for (int i = 0; i < 8; ++i) commit_one(*journal);
  const std::string log = bytes_of(path_ + "-wal");
  ASSERT_FALSE(log.empty());
  path_ = directory_.path("copy.db");
  EXPECT_EQ(open_damaged("", log), Outcome::aside);

  remove_journal(path_);
  write_bytes(path_ + "-wal", log);
  EXPECT_EQ(inspect_journal(path_).damage, "there is only its log");
  EXPECT_EQ(text_of(open_journal(path_, now_, log_.log).history), "");
  const auto aside = put_aside(path_);
  ASSERT_EQ(aside.size(), 1U);
  EXPECT_TRUE(aside.begin()->second == log);
}

TEST_F(Damaged, BytesOfNoDatabaseAtAll) {
  std::mt19937 random(1);
  for (const std::size_t size : {2, 15, 16, 17, 100, 512, 4096, 8192, 100'000}) {
    std::string bytes(size, '\0');
    EXPECT_EQ(open_damaged(bytes, {}), Outcome::aside) << size << " zeros";
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_EQ(open_damaged(bytes, {}), Outcome::aside) << size << " at random";
    if (size < 100) continue;
    bytes.replace(0, 16, "SQLite format 3\0", 16);
    EXPECT_EQ(open_damaged(bytes, {}), Outcome::aside) << size << " behind a name";
  }
}

TEST_F(Damaged, ADirectoryInItsPlace) {
  std::filesystem::create_directory(path_);
  EXPECT_THAT([&] { open_sound(); }, testing::ThrowsMessage<std::runtime_error>(
                                         "--journal.path '" + path_ + "' cannot be used: it is a directory"));
  EXPECT_TRUE(std::filesystem::is_directory(path_));
  EXPECT_THROW(inspect_journal(path_), std::runtime_error);
}

TEST_F(Damaged, SomebodyElsesDatabaseIsRefused) {
  Sql(path_).run("CREATE TABLE invoices (id); INSERT INTO invoices VALUES (1)");
  const std::string bytes = bytes_of(path_);
  EXPECT_THAT([&] { open_sound(); },
              testing::ThrowsMessage<std::runtime_error>(HasSubstr("it is a database, but no journal")));
  EXPECT_TRUE(bytes_of(path_) == bytes);
  EXPECT_TRUE(put_aside(path_).empty());
  EXPECT_THAT([&] { inspect_journal(path_); },
              testing::ThrowsMessage<std::runtime_error>(HasSubstr("it is a database, but no journal")));
}

/// Signs the first row anew, as the version would that knows this format.
void set_format(const std::string& path, std::int64_t format) {
  Sql sql(path);
  HashKey key;
  const auto column = [&](const std::string& name) {
    return sql.integer("SELECT " + name + " FROM journal");
  };
  for (std::size_t i = 0; i < key.size(); ++i) {
    const std::string byte = "substr(hex(hash_key), " + std::to_string(2 * i + 1) + ", 2)";
    const std::string digits = "instr('0123456789ABCDEF', substr(" + byte + ", ";
    key[i] = static_cast<unsigned char>(16 * column(digits + "1, 1)) - 1") + column(digits + "2, 1)) - 1"));
  }
  const std::string_view key_bytes(reinterpret_cast<const char*>(key.data()), key.size());
  Seal seal('j');
  seal.add(format).add(key_bytes).add(column("created")).add(column("quarantined"));
  seal.add(column("packed_through")).add(column("seals"));
  sql.run("UPDATE journal SET format = " + std::to_string(format) +
          ", seal = " + std::to_string(seal.over(key)));
}

TEST_F(Damaged, AJournalOfANewerVersionIsRefused) {
  make_closed();
  set_format(path_, 2);
  open_sound();
  set_format(path_, 3);
  Sql(path_).run("ALTER TABLE batches RENAME COLUMN bytes TO more_bytes");
  const std::string bytes = bytes_of(path_);
  EXPECT_THAT([&] { open_sound(); },
              testing::ThrowsMessage<std::runtime_error>(HasSubstr("it was written by a newer version")));
  EXPECT_THAT([&] { inspect_journal(path_); },
              testing::ThrowsMessage<std::runtime_error>(HasSubstr("it was written by a newer version")));
  EXPECT_TRUE(put_aside(path_).empty());
  EXPECT_TRUE(bytes_of(path_) == bytes);
  Sql(path_).run("UPDATE journal SET format = 4");
  EXPECT_EQ(open_damaged(bytes_of(path_), {}), Outcome::aside) << "no version wrote that";
}

TEST_F(Damaged, AJournalOfTheFirstFormatGetsItsTableOfHintsWithTheFirst) {
  {
    const auto journal = open_sound();
    for (int i = 0; i < 3; ++i) commit_one(*journal);
  }
  Sql(path_).run("DROP TABLE hints");
  set_format(path_, 1);
  const std::string bytes = bytes_of(path_);
  EXPECT_EQ(inspect_journal(path_).damage, "");
  {
    const auto journal = open_sound();
    EXPECT_TRUE(bytes_of(path_) == bytes) << "opening it changes nothing";
    for (int i = 0; i < 5; ++i) commit_one(*journal);
  }
  EXPECT_EQ(inspect_journal(path_).raised_hints, 2U);
  EXPECT_EQ(Sql(path_).integer("SELECT format FROM journal"), 2);
  open_sound();
}

TEST_F(Damaged, TablesThatAreNotThere) {
  make_closed();
  const std::string whole = bytes_of(path_);
  for (const char* damage :
       {"DROP TABLE keys", "DROP TABLE hints", "DELETE FROM hints", "UPDATE hints SET level = level + 1",
        "UPDATE hints SET account = 'kite'", "DROP TABLE series", "DROP TABLE journal", "DELETE FROM journal",
        "ALTER TABLE errors RENAME COLUMN count TO counts", "DELETE FROM keys",
        "DELETE FROM batches WHERE number = 260", "DELETE FROM positions",
        "UPDATE errors SET count = count + 1", "UPDATE journal SET seals = seals + 1",
        "UPDATE batches SET bytes = CAST(bytes || x'00' AS BLOB)", "UPDATE keys SET bytes = x''"}) {
    put(whole, {});
    Sql(path_).run(damage);
    EXPECT_EQ(open_damaged(bytes_of(path_), {}), Outcome::aside) << damage;
  }
}

TEST_F(Damaged, WhatCannotBePutAsideStaysWhereItIs) {
  make_closed();
  const std::string half = bytes_of(path_).substr(0, 5 * kPage);
  const std::string log = "not a log";
  for (const int nth : {1, 2}) {
    put(half, log);
    {
      const interposed::RenameFault fault(nth, EACCES);
      EXPECT_THAT(
          [&] { open_journal(path_, now_, log_.log); },
          testing::ThrowsMessage<std::runtime_error>(HasSubstr("cannot be put aside: Permission denied")));
    }
    const auto aside = put_aside(path_);
    EXPECT_EQ(aside.size(), nth == 1 ? 0U : 1U);
    EXPECT_TRUE((nth == 1 ? bytes_of(path_) : aside.begin()->second) == half);
    EXPECT_EQ(bytes_of(path_ + "-wal"), log);
    EXPECT_EQ(text_of(open_journal(path_, now_, log_.log).history), "");
    std::multiset<std::string> kept;
    for (const auto& [name, bytes] : put_aside(path_)) {
      if (!name.ends_with("-shm")) kept.insert(bytes);
    }
    EXPECT_EQ(kept, (std::multiset<std::string>{half, log})) << "in two steps, but nothing is lost";
  }
}

TEST_F(Damaged, OneAfterTheOther) {
  for (int i = 0; i < 3; ++i) {
    write_bytes(path_, "damage " + std::to_string(i));
    open_journal(path_, now_, log_.log);
  }
  auto aside = put_aside(path_);
  const std::string first = "journal.db.damaged-20231114T221320Z";
  EXPECT_EQ(aside[first], "damage 0");
  EXPECT_EQ(aside[first + "-2"], "damage 1");
  EXPECT_EQ(aside[first + "-3"], "damage 2");
}

/// Somebody who is not root, whoever runs the tests.
class NotRoot {
 public:
  NotRoot() {
    if (was_root_) EXPECT_EQ(seteuid(65534), 0);
  }
  ~NotRoot() {
    if (was_root_) EXPECT_EQ(seteuid(0), 0);
  }
  NotRoot(const NotRoot&) = delete;
  NotRoot& operator=(const NotRoot&) = delete;

 private:
  const bool was_root_ = geteuid() == 0;
};

TEST_F(Damaged, WhatMayNotBeReadOrWrittenIsNoDamage) {
  make_closed();
  std::filesystem::permissions(directory_.path(""), std::filesystem::perms::all);
  const std::string bytes = bytes_of(path_);
  for (const mode_t mode : {0, 0444}) {
    std::filesystem::remove(path_ + ".lock");
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    const NotRoot nobody;
    EXPECT_THAT([&] { open_sound(); }, testing::ThrowsMessage<std::runtime_error>(HasSubstr(
                                           mode == 0 ? "unable to open" : "this user may not write to it")));
    EXPECT_TRUE(put_aside(path_).empty());
  }
  EXPECT_TRUE(bytes_of(path_) == bytes);
  std::filesystem::remove(path_ + ".lock");
  std::filesystem::permissions(directory_.path(""), std::filesystem::perms::none);
  {
    const NotRoot nobody;
    EXPECT_THAT([&] { open_sound(); },
                testing::ThrowsMessage<std::runtime_error>(HasSubstr("Permission denied")));
  }
  std::filesystem::permissions(directory_.path(""), std::filesystem::perms::owner_all);
}

}  // namespace
}  // namespace telephony
