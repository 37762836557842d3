// Standard input: whole lines in whatever pieces they come, each counted once, until it ends.
#include "telephony_exporter/source/stream_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <atomic>

#include "process.h"
#include "river_fixture.h"
#include "source/line_buffer.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

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

class StreamReaderTest : public ::testing::Test {
 protected:
  StreamReaderTest() {
    directory_.write("acme.yml", kCatalog);
    EXPECT_EQ(pipe(pipe_), 0);
  }
  ~StreamReaderTest() override {
    reader_.reset();
    if (river_ != nullptr) river_->saw(seen_);
    end();
    close(pipe_[0]);
  }

  std::shared_ptr<const Settings> settings(const std::string& input) const {
    return load_settings(directory_.write(
        "config.yml", "providers: [acme.yml]\nsources:\n  - {name: calls, provider: acme, product: voice, " +
                          input + "}\n"));
  }
  void start(const std::string& input = "stdin: {}") {
    river_ = std::make_unique<River>(settings(input));
    live_ = std::make_unique<Live>(settings(input));
    reader_ = std::make_unique<StreamReader>(*live_, pipe_[0], hooks(), log_);
  }
  void send(std::string_view bytes) const {
    ASSERT_EQ(write(pipe_[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void end() {
    if (pipe_[1] >= 0) close(std::exchange(pipe_[1], -1));
  }
  void expect(const std::string& expected) {
    EXPECT_TRUE(eventually(seconds(30), [&] { return received() == expected; }))
        << received() << " instead of " << expected;
  }
  std::string received() {
    const std::lock_guard lock(mutex_);
    return summary(seen_);
  }
  StreamState state() {
    const std::lock_guard lock(mutex_);
    return state_;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Live> live_;
  std::atomic<int> unavailable_ = 0;  ///< so many deliveries are refused
  std::atomic<int> refused_ = 0;

 private:
  StreamHooks hooks() {
    return {[this](const Source& source, const RawEvent& raw, const Done& done) {
              if (unavailable_ > 0) {
                --unavailable_;
                ++refused_;
                Receipt refused;
                refused.unavailable = true;
                return done(refused);
              }
              river_->pipeline().accept(source, raw, [&](const Receipt& receipt) {
                {
                  const std::lock_guard lock(mutex_);
                  seen_ += receipt;
                }
                done(receipt);
              });
            },
            [this](const Source&, const StreamState& state) {
              const std::lock_guard lock(mutex_);
              state_ = state;
            }};
  }

  int pipe_[2] = {-1, -1};
  std::mutex mutex_;
  Receipt seen_;
  StreamState state_;
  std::unique_ptr<River> river_;
  Log log_{LogLevel::info, LogFormat::logfmt, [](std::string_view) {}};
  std::unique_ptr<StreamReader> reader_;
};

TEST_F(StreamReaderTest, ALineCountsWhenItIsWholeAndTheLastWhenTheStreamEnds) {
  start();
  send("call failed code=1\ncall failed co");
  expect("counted 1");
  send("de=1\r\nnothing here\ncode=1");
  expect("counted 2, ignored 1");
  EXPECT_TRUE(state().up);
  end();
  expect("counted 3, ignored 1");
  EXPECT_TRUE(eventually(seconds(30), [&] { return !state().up; }));
  EXPECT_EQ(state().lag_bytes, 0U);
}

TEST_F(StreamReaderTest, RefusesALineThatIsTooLongAndGoesOn) {
  start();
  const std::string much(64 * 1024, 'x');
  for (int i = 0; i < 10; ++i) send(much);
  send("code=1\ncode=1\n");
  expect("counted 1, rejected 1");
}

TEST_F(StreamReaderTest, TheFirstLineNamesTheColumnsOfAllRows) {
  start("stdin: {format: csv}");
  send("id,code\na,1\n");
  expect("counted 1");
  send("b,1\nc,1\n");
  expect("counted 3");
}

TEST_F(StreamReaderTest, WhatCannotBeCommittedIsTriedAgain) {
  unavailable_ = 2;
  start();
  send("code=1\ncode=1\n");
  expect("counted 2");
  EXPECT_EQ(refused_, 2);
}

TEST_F(StreamReaderTest, StopsWhileNothingCanBeCommitted) {
  unavailable_ = 1'000'000;
  start();
  send("code=1\n");
  EXPECT_TRUE(eventually(seconds(30), [&] { return refused_ > 0; }));
  EXPECT_TRUE(eventually(seconds(30), [&] { return state().lag_bytes == 7; }));
}

TEST_F(StreamReaderTest, ReadsNothingBeforeASourceIsThereForIt) {
  start("webhook: {path: /calls}");
  send("code=1\n");
  live_->set(settings("stdin: {}"));
  expect("counted 1");
}

TEST(StandardInputTest, IsReadToItsEndByTheExporterWhichGoesOn) {
  TemporaryDirectory directory;
  directory.write("acme.yml", kCatalog);
  Start start;
  start.configuration = directory.write(
      "config.yml",
      "providers: [acme.yml]\nsources:\n  - {name: calls, provider: acme, product: voice, stdin: {}}\n");
  start.input = "code=1\nnothing\ncode=1\ncode=2";
  Exporter exporter(start);
  EXPECT_TRUE(eventually(seconds(30),
                         [&] { return exporter.metric("telephony_exporter_source_up").value_or(1) == 0; }));
  EXPECT_EQ(exporter.metric("telephony_errors_total"), 3);
  EXPECT_EQ(exporter.metric("telephony_exporter_source_lag_bytes"), 0);
  expect_conserved(exporter.metrics());
  EXPECT_NE(exporter.errors().find("msg=\"standard input has ended\" source=calls"), std::string::npos);
  EXPECT_NE(exporter.get("/config").body.find("format: text"), std::string::npos);
}

/// Each line up to where it is known to be too long; how much more of it is kept does not matter.
std::string cut(const std::string& text) {
  constexpr std::size_t kKept = limits::kLineBytes + 1;
  std::string lines;
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1) {
    lines += text.substr(at, std::min(end - at, kKept)) + '\n';
  }
  return lines;
}

RC_GTEST_PROP(LineBufferTest, GivesTheSameLinesInWhateverPiecesTheyCome, ()) {
  const auto lengths = *rc::gen::container<std::vector<int>>(
      rc::gen::weightedOneOf<int>({{3, rc::gen::inRange(0, 40)},
                                   {1, rc::gen::inRange(8000, 8400)},
                                   {1, rc::gen::inRange(20'000, 60'000)}}));
  std::string text;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    text += std::string(static_cast<std::size_t>(lengths[i]), static_cast<char>('a' + i % 26)) + '\n';
  }
  LineBuffer buffer(0);
  std::string seen;
  for (std::string_view left = text; !left.empty();) {
    const std::span<char> room = buffer.prepare();
    RC_ASSERT(!room.empty());
    const auto piece = static_cast<std::size_t>(*rc::gen::inRange(1, 9000));
    const std::size_t size = std::min({piece, room.size(), left.size()});
    std::copy_n(left.begin(), size, room.begin());
    left.remove_prefix(size);
    buffer.commit(size);
    seen += buffer.lines();
  }
  RC_ASSERT(buffer.rest().empty());
  RC_ASSERT(cut(seen) == cut(text));
}

}  // namespace
}  // namespace telephony
