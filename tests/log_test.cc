#include "telephony_exporter/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "process.h"

namespace telephony {
namespace {

using ::testing::ElementsAre;

/// Lines as they were written, with the time replaced when it is one.
class Lines {
 public:
  Log::Write write() {
    return [this](std::string_view line) { lines_.push_back(without_time(std::string(line))); };
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  static std::string without_time(const std::string& line) {
    static const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)");
    return std::regex_replace(line, time, "TIME", std::regex_constants::format_first_only);
  }

  std::vector<std::string> lines_;
};

TEST(LogTest, WritesOneLogfmtLine) {
  Lines lines;
  Log log(LogLevel::info, LogFormat::logfmt, lines.write());
  log.info("configuration reloaded", {{"config", "/etc/exporter.yml"}, {"sources", "6"}});
  EXPECT_THAT(
      lines.lines(),
      ElementsAre("ts=TIME level=info msg=\"configuration reloaded\" config=/etc/exporter.yml sources=6\n"));
}

TEST(LogTest, WritesOneJsonLine) {
  Lines lines;
  Log log(LogLevel::info, LogFormat::json, lines.write());
  log.info("configuration reloaded", {{"config", "/etc/exporter.yml"}, {"sources", "6"}});
  EXPECT_THAT(lines.lines(), ElementsAre(R"({"ts":"TIME","level":"info","msg":"configuration reloaded",)"
                                         R"("config":"/etc/exporter.yml","sources":"6"})"
                                         "\n"));
}

TEST(LogTest, QuotesWhatLogfmtWouldNotReadAsOneValue) {
  struct Case {
    const char* value;
    const char* logfmt;
  };
  const std::vector<Case> cases = {
      {"plain", "plain"},
      {"127.0.0.1:10066", "127.0.0.1:10066"},
      {"[::1]:10065", "[::1]:10065"},
      {"-2010", "-2010"},
      {"", R"("")"},
      {"two words", R"("two words")"},
      {"a=b", R"("a=b")"},
      {"say \"no\"", R"("say \"no\"")"},
      {"back\\slash", R"("back\\slash")"},
      {"line\nbreak", R"("line\nbreak")"},
      {"\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\""},
      {"caf\xc3\xa9", "\"caf\xc3\xa9\""},
      {"\xff", "\"\xef\xbf\xbd\""},
  };
  for (const Case& c : cases) {
    Lines lines;
    Log log(LogLevel::info, LogFormat::logfmt, lines.write());
    log.info("m", {{"key", c.value}});
    EXPECT_THAT(lines.lines(), ElementsAre("ts=TIME level=info msg=m key=" + std::string(c.logfmt) + "\n"));
  }
}

TEST(LogTest, KeepsJsonValidWhateverAValueHolds) {
  Lines lines;
  Log log(LogLevel::info, LogFormat::json, lines.write());
  log.info("m", {{"key", "\"},\n\\\xff"}});
  EXPECT_THAT(lines.lines(), ElementsAre("{\"ts\":\"TIME\",\"level\":\"info\",\"msg\":\"m\","
                                         "\"key\":\"\\\"},\\n\\\\\xef\xbf\xbd\"}\n"));
}

TEST(LogTest, LeavesOutWhatIsBelowItsLevel) {
  struct Case {
    LogLevel level;
    std::vector<std::string> written;
  };
  const std::vector<Case> cases = {
      {LogLevel::debug, {"debug", "info", "warn", "error"}},
      {LogLevel::info, {"info", "warn", "error"}},
      {LogLevel::warn, {"warn", "error"}},
      {LogLevel::error, {"error"}},
  };
  for (const Case& c : cases) {
    Lines lines;
    Log log(c.level, LogFormat::logfmt, lines.write());
    log.debug("m");
    log.info("m");
    log.warn("m");
    log.error("m");
    std::vector<std::string> expected;
    for (const std::string& level : c.written) expected.push_back("ts=TIME level=" + level + " msg=m\n");
    EXPECT_EQ(lines.lines(), expected);
  }
}

TEST(LogTest, KnowsItsLevelsAndFormatsByName) {
  EXPECT_EQ(parse_log_level("debug"), LogLevel::debug);
  EXPECT_EQ(parse_log_level("info"), LogLevel::info);
  EXPECT_EQ(parse_log_level("warn"), LogLevel::warn);
  EXPECT_EQ(parse_log_level("error"), LogLevel::error);
  for (const char* name : {"", "INFO", "warning", "trace"})
    EXPECT_EQ(parse_log_level(name), std::nullopt) << name;
  EXPECT_EQ(parse_log_format("logfmt"), LogFormat::logfmt);
  EXPECT_EQ(parse_log_format("json"), LogFormat::json);
  for (const char* name : {"", "JSON", "text"}) EXPECT_EQ(parse_log_format(name), std::nullopt) << name;
}

TEST(LogTest, WritesLinesOfSeveralThreadsOneAfterTheOther) {
  constexpr int kThreads = 4;
  constexpr int kLines = 500;
  std::vector<std::string> written;  // without a lock of its own
  {
    Log log(LogLevel::info, LogFormat::logfmt, [&](std::string_view line) { written.emplace_back(line); });
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&log] {
        for (int i = 0; i < kLines; ++i) log.info("m", {{"key", "value"}});
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  ASSERT_EQ(written.size(), static_cast<std::size_t>(kThreads * kLines));
  for (const std::string& line : written)
    EXPECT_TRUE(line.ends_with(" level=info msg=m key=value\n")) << line;
}

TEST(LogTest, GoesToStandardErrorAsTheCommandLineSays) {
  const std::regex line(R"(\{"ts":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"warn","msg":"rejected",)"
                        R"("cause":"malformed","detail":"[^"]+"\}\n)");
  const TemporaryDirectory directory;
  const std::string file = directory.write("half.json", "{");
  const std::string configuration = "--config.file=" SOURCE_DIRECTORY "/config/telephony_exporter.yml";
  const Finished loud =
      run_exporter({"replay", configuration, "--log.format=json", "--source=8x8-voice", file});
  EXPECT_TRUE(std::regex_match(loud.errors, line)) << loud.errors;
  const Finished quiet =
      run_exporter({"replay", configuration, "--log.level=error", "--source=8x8-voice", file});
  EXPECT_EQ(quiet.errors, "");
}

}  // namespace
}  // namespace telephony
