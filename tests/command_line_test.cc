// The binary's command line: flags, subcommands, exit codes, and what is said where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "process.h"

namespace telephony {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

const std::string kShipped = SOURCE_DIRECTORY "/config/telephony_exporter.yml";
const std::string kConfigured = "--config.file=" SOURCE_DIRECTORY "/config/telephony_exporter.yml";
const std::string kSamples = SOURCE_DIRECTORY "/tests/testdata/providers";
const std::string kProgram = "telephony_exporter: ";

std::ptrdiff_t lines_of(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

TEST(CommandLineTest, SaysItsVersion) {
  const Finished done = run_exporter({"--version"});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.output, "telephony_exporter, version " TELEPHONY_VERSION "\n");
  EXPECT_EQ(done.errors, "");
}

TEST(CommandLineTest, ExplainsItself) {
  const Finished done = run_exporter({"--help"});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.errors, "");
  for (const char* word :
       {"--config.file", "--web.listen-address", "--web.telemetry-path", "--ingest.listen-address",
        "--journal.path", "--log.level", "--log.format", "--version", "check-config", "explain", "replay",
        "catalog", "healthcheck", ":10065", "127.0.0.1:10066", "/metrics", "config/telephony_exporter.yml"}) {
    EXPECT_THAT(done.output, HasSubstr(word));
  }
}

TEST(CommandLineTest, EverySubcommandExplainsItself) {
  for (const char* command : {"check-config", "explain", "replay", "catalog", "healthcheck"}) {
    const Finished done = run_exporter({command, "--help"});
    EXPECT_EQ(done.exit_code, 0) << command;
    EXPECT_EQ(done.errors, "") << command;
    EXPECT_THAT(done.output, HasSubstr(command));
  }
}

TEST(CommandLineTest, WhatItDoesNotUnderstandIsOneLineAndExitCodeTwo) {
  struct Case {
    std::vector<std::string> arguments;
    std::string errors;
  };
  const std::vector<Case> cases = {
      {{"--no.such.flag"}, "The following argument was not expected: --no.such.flag"},
      {{"explain", "-2010", "--no.such.flag"}, "The following argument was not expected: --no.such.flag"},
      {{"no-such-command"}, "The following argument was not expected: no-such-command"},
      {{"--config.file"}, "--config.file: 1 required TEXT missing"},
      {{"--log.level=loud"}, "--log.level must be debug, info, warn or error"},
      {{"--log.format=xml"}, "--log.format must be logfmt or json"},
      {{"--web.telemetry-path=metrics"}, "--web.telemetry-path must start with /"},
      {{"--web.telemetry-path=/"}, "--web.telemetry-path '/' is the path of another page"},
      {{"--web.telemetry-path=/api/v1/explain"},
       "--web.telemetry-path '/api/v1/explain' is the path of another page"},
      {{"--web.listen-address=127.0.0.1:99999"},
       "listen address '127.0.0.1:99999': has no valid port; write HOST:PORT, [HOST]:PORT or :PORT"},
      {{"--journal.path="}, "--journal.path: 1 required TEXT missing"},
      {{"journal"}, "A subcommand is required"},
      {{"journal", "check"}, "PATH is required"},
      {{"explain"}, "CODE|TEXT is required"},
      {{"replay", "--source=synthflow"}, "FILE is required"},
      {{"replay", "file"}, "--source is required"},
      {{"catalog", "--xml"}, "The following argument was not expected: --xml"},
  };
  for (const Case& c : cases) {
    const Finished done = run_exporter(c.arguments);
    EXPECT_EQ(done.exit_code, 2);
    EXPECT_EQ(done.output, "");
    EXPECT_EQ(done.errors, kProgram + c.errors + "; see --help\n");
  }
}

TEST(CommandLineTest, AConfigurationThatIsNotThereIsExitCodeOne) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {}, {"catalog"}, {"explain", "1"}, {"replay", "--source=a", "-"}}) {
    std::vector<std::string> arguments = command;
    arguments.push_back("--config.file=/nowhere/exporter.yml");
    const Finished done = run_exporter(arguments);
    EXPECT_EQ(done.exit_code, 1);
    EXPECT_EQ(done.errors,
              "/nowhere/exporter.yml:1:1: cannot be read; does the file exist, and may this user read it?\n");
  }
}

TEST(CommandLineTest, FlagsStandBeforeAndAfterTheSubcommand) {
  const Finished before = run_exporter({kConfigured, "explain", "-2010", "--provider", "8x8"});
  const Finished after = run_exporter({"explain", "--provider=8x8", "-2010", kConfigured});
  EXPECT_EQ(before.exit_code, 0) << before.errors;
  EXPECT_EQ(after.exit_code, 0) << after.errors;
  EXPECT_EQ(before.output, after.output);
}

TEST(CommandLineTest, FlagsComeFromTheEnvironmentAndTheCommandLineWins) {
  const Environment environment = {{"TELEPHONY_EXPORTER_CONFIG_FILE", kShipped}};
  const Finished read = run_exporter({"explain", "-2010"}, environment);
  EXPECT_EQ(read.exit_code, 0) << read.errors;
  const Finished wins = run_exporter({"explain", "-2010", "--config.file=/nowhere.yml"}, environment);
  EXPECT_EQ(wins.exit_code, 1);
  EXPECT_THAT(wins.errors, StartsWith("/nowhere.yml:1:1: "));

  struct Case {
    const char* variable;
    const char* value;
    std::string errors;
  };
  const std::vector<Case> cases = {
      {"TELEPHONY_EXPORTER_LOG_LEVEL", "loud", "--log.level must be debug, info, warn or error"},
      {"TELEPHONY_EXPORTER_LOG_FORMAT", "xml", "--log.format must be logfmt or json"},
      {"TELEPHONY_EXPORTER_WEB_TELEMETRY_PATH", "x", "--web.telemetry-path must start with /"},
  };
  for (const Case& c : cases) {
    const Finished done = run_exporter({"catalog"}, {{c.variable, c.value}});
    EXPECT_EQ(done.exit_code, 2) << c.variable;
    EXPECT_EQ(done.errors, kProgram + c.errors + "; see --help\n");
  }
  for (const char* variable :
       {"TELEPHONY_EXPORTER_WEB_LISTEN_ADDRESS", "TELEPHONY_EXPORTER_INGEST_LISTEN_ADDRESS"}) {
    Environment addresses = {{"TELEPHONY_EXPORTER_CONFIG_FILE", kShipped},
                             {"TELEPHONY_EXPORTER_WEB_LISTEN_ADDRESS", "127.0.0.1:0"},
                             {"TELEPHONY_EXPORTER_INGEST_LISTEN_ADDRESS", "127.0.0.1:0"}};
    addresses[variable] = "nonsense";
    const Finished done = run_exporter({}, addresses);
    EXPECT_EQ(done.exit_code, 2) << variable;
    EXPECT_EQ(done.errors,
              kProgram +
                  "listen address 'nonsense': has no port; write HOST:PORT, [HOST]:PORT or :PORT; "
                  "see --help\n");
  }
}

TEST(CheckConfigTest, SaysOneLineAFile) {
  const std::string catalog = SOURCE_DIRECTORY "/config/providers/8x8.yml";
  const Finished done = run_exporter({"check-config", kShipped, catalog});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.errors, "");
  EXPECT_THAT(done.output, MatchesRegex(kShipped + ": ok, a configuration of 6 sources\n" + catalog +
                                        ": ok, a catalog of [0-9]+ entries\n"));
}

TEST(CheckConfigTest, ChecksTheConfiguredFileWhenNoneIsNamed) {
  const Finished done = run_exporter({"check-config", kConfigured});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.output, kShipped + ": ok, a configuration of 6 sources\n");
}

TEST(CheckConfigTest, SaysWhereEachBadFileIsWrong) {
  const TemporaryDirectory directory;
  const std::string misspelt = directory.write("misspelt.yml", "providers: []\nsorces: []\n");
  const std::string broken = directory.write("broken.yml", "providers: [a\nsources: }\n");
  const Finished done = run_exporter({"check-config", misspelt, kShipped, broken});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_EQ(done.output, kShipped + ": ok, a configuration of 6 sources\n");
  EXPECT_EQ(done.errors, misspelt + ":2:1: unknown key 'sorces'; did you mean 'sources'?\n" + broken +
                             ":2:8: is not YAML: end of sequence flow not found\n");
}

TEST(ExplainTest, AnswersInABlock) {
  const Finished done = run_exporter({"explain", "-2010", kConfigured});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.errors, "");
  EXPECT_EQ(done.output, R"(8x8 -2010  trunk_capacity_exceeded
  message   The trunk capacity has been exceeded
  family    capacity
  category  capacity
  severity  critical
  retry     backoff, wait 30s growing to 10m
  meaning   The limit of concurrent calls of this account is reached, so every further call is
            refused until others end. A masked call uses two channels, so the limit can bite at
            half the number of sessions you expect.
  remedy    Slow down or queue new calls now, end stuck sessions, and move campaigns out of the
            peak. Ask the account manager for more capacity if the traffic is genuine.
  products  number_masking, voice
  source    https://developer.8x8.com/connect/docs/voice/error-codes/voice-error-codes
)");
}

TEST(ExplainTest, SeparatesSeveralBlocks) {
  const Finished done = run_exporter({"explain", "403", "--provider=synthflow", kConfigured});
  EXPECT_EQ(done.exit_code, 0);
  const std::regex blocks(
      R"((synthflow 403  [a-z_]+\n(  [^\n]+\n)+\n){4}synthflow 403  [a-z_]+\n(  [^\n]+\n)+)");
  EXPECT_TRUE(std::regex_match(done.output, blocks)) << done.output;
}

/// The parts of an explanation that decide, as JSON gives them.
std::vector<std::string> explained(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {"explain", "--json", kConfigured};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const Finished done = run_exporter(all);
  EXPECT_EQ(done.errors, "");
  std::vector<std::string> out;
  for (const auto& meaning : nlohmann::json::parse(done.output)) {
    out.push_back(meaning.at("provider").get<std::string>() + ' ' + meaning.at("code").get<std::string>() +
                  ' ' + meaning.at("reason").get<std::string>() + ' ' +
                  meaning.at("family").get<std::string>());
  }
  return out;
}

TEST(ExplainTest, FindsWhatIsMeant) {
  struct Case {
    std::vector<std::string> arguments;
    std::vector<std::string> meanings;
  };
  const std::vector<Case> cases = {
      {{"-2010"}, {"8x8 -2010 trunk_capacity_exceeded capacity"}},
      {{"Telephony - 403 - Invalid credentials"}, {"synthflow 403 invalid_credentials request_failure"}},
      {{"2026-01-13 ERROR dialer: Telephony - 403 - invalid CREDENTIALS"},
       {"synthflow 403 invalid_credentials request_failure"}},
      {{"3102", "--provider", "restcomm"}, {"restcomm 3102 number_not_bound number_provisioning"}},
      {{"403", "--provider", "synthflow"},
       {"synthflow 403 caller_id_unauthorized request_failure", "synthflow 403 forbidden request_failure",
        "synthflow 403 invalid_credentials request_failure",
        "synthflow 403 no_international_permission request_failure",
        "synthflow 403 number_blacklisted request_failure"}},
      {{"1299", "--provider", "restcomm"}, {"restcomm 1299 unlisted generic"}},
      {{"The", "trunk", "capacity", "has", "been", "exceeded"},
       {"8x8 -2010 trunk_capacity_exceeded capacity"}},
      {{"trunk capacity"}, {"8x8 -2010 trunk_capacity_exceeded capacity"}},
      {{"-9999"}, {"8x8 -9999 unknown_error internal", "8x8 -9999 unknown_error api_request"}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(explained(c.arguments), c.meanings) << ::testing::PrintToString(c.arguments);
  }
}

TEST(ExplainTest, SaysWhenNothingIsKnown) {
  struct Case {
    std::vector<std::string> arguments;
    std::string errors;
  };
  const std::vector<Case> cases = {
      {{"no such thing at all"}, "no catalog knows 'no such thing at all'"},
      {{""}, "no catalog knows ''"},
      {{"-2010", "--provider=restcomm"}, "no catalog knows '-2010'"},
      {{"-2010", "--provider=nobody"}, "no catalog describes provider 'nobody'"},
  };
  for (const Case& c : cases) {
    std::vector<std::string> arguments = {"explain", kConfigured};
    arguments.insert(arguments.end(), c.arguments.begin(), c.arguments.end());
    const Finished done = run_exporter(arguments);
    EXPECT_EQ(done.exit_code, 1);
    EXPECT_EQ(done.output, "");
    EXPECT_EQ(done.errors, kProgram + c.errors + '\n');
  }
}

TEST(CatalogTest, JsonIsAFlatListWithTheDocumentedKeys) {
  const Finished done = run_exporter({"catalog", "--json", kConfigured});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.errors, "");
  const auto list = nlohmann::json::parse(done.output);
  ASSERT_TRUE(list.is_array());
  EXPECT_GT(list.size(), 200U);
  std::set<std::string> providers;
  for (const auto& entry : list) {
    providers.insert(entry.at("provider").get<std::string>());
    EXPECT_TRUE(entry.at("products").is_array()) << entry;
    for (const char* key : {"provider", "code", "reason", "family", "category", "severity", "retry",
                            "message", "meaning", "remedy", "source"}) {
      EXPECT_TRUE(entry.at(key).is_string()) << key << " of " << entry;
      EXPECT_NE(entry.at(key), "") << key << " of " << entry;
    }
    const bool waits = entry["retry"] == "backoff" || entry["retry"] == "later";
    EXPECT_EQ(entry.contains("retry_base_seconds"), waits) << entry;
    EXPECT_EQ(entry.contains("retry_max_seconds"), waits) << entry;
    EXPECT_EQ(entry.size(), waits ? 14U : 12U) << entry;
  }
  EXPECT_EQ(providers,
            (std::set<std::string>{"8x8", "asterisk", "freeswitch", "q850", "restcomm", "sip", "synthflow"}));
}

TEST(CatalogTest, TextHasALineAnEntry) {
  const Finished done = run_exporter({"catalog", kConfigured});
  const Finished json = run_exporter({"catalog", "--json", kConfigured});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(lines_of(done.output), static_cast<std::ptrdiff_t>(nlohmann::json::parse(json.output).size()));
  EXPECT_THAT(done.output,
              HasSubstr("8x8\tvoice\t-2010\ttrunk_capacity_exceeded\tcapacity\tcapacity\tcritical\tbackoff\t"
                        "The trunk capacity has been exceeded\n"));
}

/// What a replay counted of a source: received, counted, duplicate, ignored, rejected.
std::vector<double> totals(const std::string& page, const std::string& source) {
  const std::vector<Sample> samples = parse_metrics(page);
  expect_conserved(samples);
  std::vector<double> out = {
      sum_of(samples, "telephony_exporter_events_received_total", {{"source", source}}).value_or(-1)};
  for (const char* result : {"counted", "duplicate", "ignored", "rejected"}) {
    out.push_back(sum_of(samples, "telephony_exporter_events_total", {{"source", source}, {"result", result}})
                      .value_or(-1));
  }
  return out;
}

TEST(ReplayTest, CountsFilesAsTheirNamesSay) {
  struct Case {
    std::string source;
    std::vector<std::string> files;
    std::vector<double> totals;
  };
  const std::vector<Case> cases = {
      {"8x8-number-masking", {"sample.json"}, {1, 1, 0, 0, 0}},
      {"8x8-number-masking", {"sample.json", "sample.json"}, {2, 1, 1, 0, 0}},
      {"8x8-number-masking", {"sample.json", "sample.txt"}, {9, 6, 0, 3, 0}},
      {"restcomm-sms", {"sample.json"}, {1, 1, 0, 0, 0}},
      {"synthflow", {"sample.txt"}, {8, 6, 0, 2, 0}},
  };
  for (const Case& c : cases) {
    std::vector<std::string> arguments = {"replay", kConfigured, "--source", c.source};
    for (const std::string& file : c.files) arguments.push_back(kSamples + '/' + c.source + '/' + file);
    const Finished done = run_exporter(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.errors;
    EXPECT_EQ(totals(done.output, c.source), c.totals)
        << c.source << ' ' << ::testing::PrintToString(c.files);
  }
}

TEST(ReplayTest, ReadsAFormALine) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("calls.form",
                                           "CallSid=1&CallStatus=busy&ReasonCode=486\n\n"
                                           "CallSid=2&CallStatus=completed\r\n"
                                           "CallSid=1&CallStatus=busy&ReasonCode=486\n"
                                           "CallSid=%\n"
                                           "CallSid=3&CallStatus=ringing");
  const Finished done = run_exporter({"replay", kConfigured, "--source=restcomm-voice", file});
  EXPECT_EQ(done.exit_code, 0) << done.errors;
  EXPECT_EQ(totals(done.output, "restcomm-voice"), (std::vector<double>{5, 2, 1, 1, 1}));
  EXPECT_EQ(sum_of(parse_metrics(done.output), "telephony_sessions_total",
                   {{"provider", "restcomm"}, {"product", "voice"}, {"outcome", "completed"}}),
            1);
}

TEST(ReplayTest, TheHeaderOfAFileHoldsForAllOfIt) {
  const TemporaryDirectory directory;
  std::string rows = "time,call_id,error_message,call_status\n";
  constexpr int kRows = 30'000;  // more than one chunk
  for (int i = 0; i < kRows; ++i) {
    rows += "2026-01-13 08:26:58,call-" + std::to_string(i) + ",Telephony - 486 - Busy here,busy\n";
  }
  const std::string file = directory.write("calls.csv", rows);
  const Finished done = run_exporter({"replay", kConfigured, "--source=synthflow", file});
  EXPECT_EQ(done.exit_code, 0) << done.errors;
  EXPECT_EQ(totals(done.output, "synthflow"), (std::vector<double>{kRows, kRows, 0, 0, 0}));
  EXPECT_EQ(sum_of(parse_metrics(done.output), "telephony_sessions_total",
                   {{"provider", "synthflow"}, {"product", "voice"}, {"outcome", "busy"}}),
            kRows);
}

TEST(ReplayTest, ReadsLinesFromStandardInput) {
  const std::string line = "dialer: Telephony - 403 - Forbidden\n";
  std::string input;
  constexpr int kLines = 50'000;  // more than one chunk
  for (int i = 0; i < kLines; ++i) input += line;
  const Finished done =
      run_exporter({"replay", kConfigured, "--source=synthflow", "-"}, {}, input + "no end");
  EXPECT_EQ(done.exit_code, 0) << done.errors;
  EXPECT_EQ(done.errors, "");
  EXPECT_EQ(totals(done.output, "synthflow"), (std::vector<double>{kLines + 1, kLines, 0, 1, 0}));
}

TEST(ReplayTest, CountsNothingOfAnEmptyFile) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("empty.txt", "");
  const Finished done = run_exporter({"replay", kConfigured, "--source=synthflow", file});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(totals(done.output, "synthflow"), (std::vector<double>{0, 0, 0, 0, 0}));
}

TEST(ReplayTest, SaysWhatItCannotRead) {
  const TemporaryDirectory directory;
  for (const std::string& path : {std::string("/nowhere/calls.txt"), directory.path()}) {
    const Finished done = run_exporter({"replay", kConfigured, "--source=synthflow", path});
    EXPECT_EQ(done.exit_code, 1);
    EXPECT_EQ(done.output, "");
    EXPECT_EQ(done.errors,
              kProgram + '\'' + path + "' cannot be read; is it a file, and may this user read it?\n");
  }
  const Finished unknown = run_exporter({"replay", kConfigured, "--source=nobody", "-"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_EQ(unknown.output, "");
  EXPECT_EQ(unknown.errors,
            kProgram + "no source 'nobody' in " + kShipped +
                "; there are: 8x8-number-masking, 8x8-voice, 8x8-sms, synthflow, restcomm-voice, "
                "restcomm-sms\n");
}

TEST(HealthcheckTest, KnowsARunningExporterFromNone) {
  const Exporter exporter;
  const std::string port = std::to_string(exporter.web_port());
  for (const std::string& address :
       {"127.0.0.1:" + port, "localhost:" + port, ":" + port, "0.0.0.0:" + port}) {
    const Finished healthy = run_exporter({"healthcheck", "--web.listen-address", address});
    EXPECT_EQ(healthy.exit_code, 0) << address << ": " << healthy.errors;
    EXPECT_EQ(healthy.output + healthy.errors, "") << address;
  }
  const std::string nobody = "127.0.0.1:" + std::to_string(free_port());
  const Finished none = run_exporter({"healthcheck", "--web.listen-address=" + nobody});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_EQ(none.errors, kProgram + nobody + " is not healthy\n");
}

}  // namespace
}  // namespace telephony
