// Log files as they really are: growing, rotated in every way, packed, broken; each line counts once.
#include "telephony_exporter/source/file_reader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "process.h"
#include "river_fixture.h"

namespace telephony {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    families: [{name: lines, title: Lines, unlisted: {category: unknown, severity: warning, retry: never}}]
    codes:
      - {code: "1", reason: full, family: lines, category: capacity, severity: critical, retry: never,
         message: Full, meaning: m, remedy: r}
events: [{kind: row, when: [/code], code: [/code]}]
lines: [{kind: call, pattern: "code={code}"}]
)";

/// A reader over a directory of logs, which can be stopped and started again as if by a restart.
class FileReaderTest : public ::testing::Test {
 protected:
  ~FileReaderTest() override { stop(); }

  void start(const std::string& files = "paths: [LOGS/*.log]") {
    std::string text = files;
    for (std::size_t at = 0; (at = text.find("LOGS", at)) != text.npos;) text.replace(at, 4, logs_.path());
    directory_.write("acme.yml", kCatalog);
    const std::string config = directory_.write(
        "config.yml",
        "providers: [acme.yml]\nsources:\n  - {name: logs, provider: acme, product: voice, file: {" + text +
            "}}\n");
    OpenJournal journal = open_journal(directory_.path() + "/journal.db", TestClock().now(), log_);
    const auto settings = load_settings(config, journal.history.table);
    const std::vector<FilePosition> positions = journal.history.positions;
    river_ = std::make_unique<River>(settings, std::move(journal));
    live_ = std::make_unique<Live>(settings);
    FileTimes times;
    times.poll = milliseconds(20);
    times.unfinished_line = milliseconds(300);
    times.rotated = milliseconds(600);
    reader_ = std::make_unique<FileReader>(*live_, positions, hooks(), log_, times);
  }
  void stop() {
    reader_.reset();
    river_.reset();
  }
  void restart(const std::string& files = "paths: [LOGS/*.log]") {
    stop();
    start(files);
  }

  std::string path(const std::string& name) const { return logs_.path() + '/' + name; }
  void append(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary | std::ios::app) << text;
  }
  /// Lines that are all different, so that a file is known by its beginning.
  std::string lines(int count) {
    std::string text;
    for (; count > 0; --count) text += "2026-11-21 call " + std::to_string(next_++) + " failed code=1\n";
    return text;
  }
  void pack(const std::string& from, const std::string& to) const {
    const std::string text = read_text_file(path(from));
    gzFile out = gzopen(path(to).c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
  }

  double counted() const {
    const auto all = samples(river_->ledger());
    double sum = 0;
    for (const auto& [name, value] : all) sum += name.starts_with("telephony_errors_total{") ? value : 0;
    return sum;
  }
  /// So many lines have been counted, and soon afterwards still no more.
  void expect_counted(double count) {
    EXPECT_TRUE(eventually(seconds(10), [&] { return counted() >= count; })) << counted() << " of " << count;
    const int rounds = rounds_;
    const bool reads = !live_->get()->sources.empty();
    EXPECT_TRUE(!reads || eventually(seconds(10), [&] { return rounds_ > rounds + 5; }));
    EXPECT_EQ(counted(), count);
  }
  int rounds() const { return rounds_; }
  FileState state() {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  std::string log_text() {
    const std::lock_guard lock(mutex_);
    return log_text_;
  }

  TemporaryDirectory directory_;
  TemporaryDirectory logs_;
  std::atomic<std::uint64_t> truncations_ = 0;
  std::unique_ptr<River> river_;
  std::unique_ptr<Live> live_;

 private:
  FileHooks hooks() {
    return {[this](const Source& source, const RawEvent& raw, const Done& done) {
              river_->pipeline().accept(source, raw, [&](const Receipt& receipt) {
                river_->saw(receipt);
                done(receipt);
              });
            },
            [] { return true; }, [this](std::string_view bytes) { return river_->journal().key(bytes); },
            [this](const Source&, const FileState& state) {
              const std::lock_guard lock(mutex_);
              state_ = state;
              truncations_ += state.truncations;
              ++rounds_;
            }};
  }

  std::mutex mutex_;
  FileState state_;
  std::string log_text_;
  std::atomic<int> rounds_ = 0;
  int next_ = 0;
  Log log_{LogLevel::info, LogFormat::logfmt, [this](std::string_view line) {
             const std::lock_guard lock(mutex_);
             log_text_ += line;
           }};
  std::unique_ptr<FileReader> reader_;
};

TEST_F(FileReaderTest, ReadsWhatIsThereWhatIsAddedAndWhatIsNew) {
  append("a.log", lines(3));
  start();
  expect_counted(3);
  append("a.log", lines(2));
  expect_counted(5);
  append("b.log", lines(4));
  expect_counted(9);
  append("b.txt", lines(4));
  expect_counted(9);
  EXPECT_EQ(state().lag_bytes, 0U);
  EXPECT_TRUE(state().up);
}

TEST_F(FileReaderTest, TwoFilesWithTheSameLinesAreTwoFiles) {
  append("a.log", "code=1\n");
  append("b.log", "code=1\n");
  start();
  expect_counted(2);
  append("a.log.log", "code=1\n");
  expect_counted(3);
}

TEST_F(FileReaderTest, GoesOnWhereItWasAfterARestart) {
  append("a.log", lines(3));
  start();
  expect_counted(3);
  append("a.log", lines(2));
  expect_counted(5);
  stop();
  append("a.log", lines(1));
  start();
  expect_counted(6);
}

TEST_F(FileReaderTest, StartsAtTheEndWhenAskedTo) {
  append("a.log", lines(3));
  start("paths: [LOGS/*.log], start: end");
  expect_counted(0);
  append("a.log", lines(2));
  expect_counted(2);
  append("new.log", lines(2));
  expect_counted(4);
  restart("paths: [LOGS/*.log], start: end");
  append("later.log", lines(1));
  expect_counted(5);
}

TEST_F(FileReaderTest, ALineCountsWhenItIsWhole) {
  append("a.log", "2026 call failed co");
  start();
  append("a.log", "de=1\r\ncode=1\ncode=");
  expect_counted(2);
  append("a.log", "1\n");
  expect_counted(3);
}

TEST_F(FileReaderTest, ALastLineWithoutAnEndCountsAfterAWhile) {
  append("cdr.log", R"(code=1)");
  start();
  expect_counted(1);
  restart();
  expect_counted(1);
}

TEST_F(FileReaderTest, FollowsAFileThatIsRenamed) {
  append("a.log", lines(3));
  start();
  expect_counted(3);
  std::filesystem::rename(path("a.log"), path("a.log.1"));
  append("a.log.1", lines(2));  // whoever writes has not noticed yet
  append("a.log", lines(4));
  expect_counted(9);
  append("a.log.1", lines(1));
  expect_counted(10);
}

TEST_F(FileReaderTest, ARotatedFileThatTheGlobMatchesIsNotReadAgain) {
  append("a.log", lines(40));
  start("paths: [LOGS/a.log*]");
  expect_counted(40);
  std::filesystem::rename(path("a.log"), path("a.log.1"));
  append("a.log", lines(2));
  expect_counted(42);
  restart("paths: [LOGS/a.log*]");
  expect_counted(42);
}

TEST_F(FileReaderTest, ReadsAFileToItsEndWhenItIsDeleted) {
  append("a.log", lines(3));
  start();
  expect_counted(3);
  {
    std::ofstream still_open(path("a.log"), std::ios::app);
    std::filesystem::remove(path("a.log"));
    append("a.log", "code=1\ncode=1\n");
    still_open << lines(2) << std::flush;
    expect_counted(7);
  }
}

TEST_F(FileReaderTest, AFileThatIsMadeAgainWithTheSameLinesIsNew) {
  for (int i = 1; i <= 5; ++i) {
    append("a.log", "code=1\n");
    if (i == 1) start();
    expect_counted(i);
    std::filesystem::remove(path("a.log"));
  }
}

TEST_F(FileReaderTest, FollowsALinkThatIsSwapped) {
  append("one.txt", lines(2));
  append("two.txt", lines(3));
  std::filesystem::create_symlink(path("one.txt"), path("current.log"));
  start();
  expect_counted(2);
  append("one.txt", lines(1));
  expect_counted(3);
  std::filesystem::create_symlink(path("two.txt"), path("next"));
  std::filesystem::rename(path("next"), path("current.log"));
  expect_counted(6);
  append("two.txt", lines(1));
  expect_counted(7);
}

TEST_F(FileReaderTest, NoticesThatAFileWasEmptied) {
  append("a.log", lines(50));
  start();
  expect_counted(50);
  std::ofstream(path("a.log"), std::ios::trunc) << lines(2);
  expect_counted(52);
  EXPECT_EQ(truncations_.load(), 1U);
  std::ofstream(path("a.log"), std::ios::trunc) << lines(90);
  expect_counted(142);
  EXPECT_EQ(truncations_.load(), 2U) << "grown beyond where it was, but with another beginning";
}

TEST_F(FileReaderTest, ACopyBeforeTheFileIsEmptiedCountsOnlyWhatTheFileLost) {
  append("a.log", lines(60));
  start("paths: [LOGS/a.log*]");
  expect_counted(60);
  std::filesystem::copy(path("a.log"), path("a.log.1"));
  append("a.log.1", lines(3));  // what came between the last read and the copy
  std::filesystem::resize_file(path("a.log"), 0);
  append("a.log", lines(2));
  expect_counted(65);
  restart("paths: [LOGS/a.log*]");
  expect_counted(65);
}

TEST_F(FileReaderTest, PackedFilesAreReadOnceWhenAskedFor) {
  append("old.txt", lines(7));
  pack("old.txt", "old.log.gz");
  start("paths: [\"LOGS/*.log*\"]");
  expect_counted(0);
  restart("paths: [\"LOGS/*.log*\"], compressed: true");
  expect_counted(7);
  restart("paths: [\"LOGS/*.log*\"], compressed: true");
  expect_counted(7);
}

TEST_F(FileReaderTest, WhatWasReadBeforeItWasPackedCountsOnce) {
  append("a.log", lines(70));
  start("paths: [\"LOGS/*.log*\"], compressed: true");
  expect_counted(70);
  pack("a.log", "a.log.1.gz");
  std::filesystem::remove(path("a.log"));
  append("a.log", lines(1));
  expect_counted(71);
  restart("paths: [\"LOGS/*.log*\"], compressed: true");
  expect_counted(71);
}

TEST_F(FileReaderTest, ALineOfTenMegabytesIsOneReject) {
  append("a.log", "code=1\n" + std::string(10'000'000, 'x') + " code=1\ncode=1\n");
  append("a.log", std::string("\0\0\0code=1\n", 10));
  start();
  expect_counted(3);
  EXPECT_EQ(river_->total().rejected, 1U);
  const auto exporter = samples(river_->metrics());
  EXPECT_EQ(exporter.at(R"(telephony_exporter_rejected_total{cause="too_long",source="logs"})"), 1);
}

TEST_F(FileReaderTest, TheRowsOfATableKeepTheirHeader) {
  append("calls.csv", "call,code\n1,1\n2,1\n");
  start("paths: [LOGS/*.csv]");
  expect_counted(2);
  append("calls.csv", "3,1\n");
  expect_counted(3);
  stop();
  append("calls.csv", "4,1\n");
  start("paths: [LOGS/*.csv]");
  expect_counted(4);
}

TEST_F(FileReaderTest, SaysWhatItCannotReadAndGoesOn) {
  std::filesystem::create_directory(path("directory.log"));
  append("good.log", lines(2));
  start("paths: [LOGS/*.log, LOGS/missing]");
  expect_counted(2);
  EXPECT_FALSE(state().up);
  EXPECT_NE(log_text().find("directory.log error=\"Is a directory\""), std::string::npos) << log_text();
  EXPECT_NE(log_text().find("missing error=\"No such file or directory\""), std::string::npos) << log_text();
  append("missing", lines(1));
  std::filesystem::remove(path("directory.log"));
  expect_counted(3);
  EXPECT_TRUE(eventually(seconds(5), [&] { return state().up; }));
}

TEST_F(FileReaderTest, ASourceThatComesBackByReloadGoesOn) {
  append("a.log", lines(3));
  start();
  expect_counted(3);
  const auto with = live_->get();
  live_->set(std::make_shared<Settings>());
  append("a.log", lines(2));
  expect_counted(3);
  live_->set(with);
  expect_counted(5);
}

/// Not once for each of its lines.
TEST_F(FileReaderTest, ABusyFileIsReadNowAndThen) {
  start();
  append("busy.log", lines(1));
  expect_counted(1);
  const int before = rounds();
  const auto begin = std::chrono::steady_clock::now();
  constexpr int kLines = 5000;
  for (int i = 0; i < kLines; ++i) append("busy.log", lines(1));
  EXPECT_TRUE(eventually(seconds(10), [&] { return counted() >= 1 + kLines; }));
  const int read = rounds() - before;
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_LE(read, took / limits::kFilePace + 5);
  EXPECT_EQ(counted(), 1 + kLines);
}

TEST_F(FileReaderTest, ManyFilesOfOneCallEach) {
  for (int i = 0; i < 700; ++i) append("call" + std::to_string(i) + ".log", "code=1\n");
  start();
  expect_counted(700);
  append("call5.log", "code=1\n");
  expect_counted(701);
}

}  // namespace
}  // namespace telephony
