// Every sample of every shipped source, replayed as `replay` does, against the counters written down beside
// it. UPDATE_GOLDENS=1 (script/goldens) writes them anew; compare them with the directory's README.md by
// hand.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "main/replay.h"
#include "settings_fixture.h"

namespace telephony {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in) << file << " cannot be read; script/goldens writes it";
  return {std::istreambuf_iterator<char>(in), {}};
}

/// How many samples a histogram of calls has and what they add up to, or values that cannot be.
bool is_of_calls(std::string_view line) {
  const std::string_view name = line.substr(0, line.find('{'));
  return name.starts_with("telephony_call_") && !name.ends_with("_bucket");
}

/// The counters that the samples can raise, without those that are still 0.
std::string kept_lines(const std::string& page, const std::string& source) {
  static constexpr std::array<std::string_view, 5> kDomain = {
      "telephony_errors_total{", "telephony_sessions_total{", "telephony_account_errors_total{",
      "telephony_account_sessions_total{", "telephony_exporter_unlisted_codes_total{"};
  static constexpr std::array<std::string_view, 3> kBySource = {"telephony_exporter_events_received_total{",
                                                                "telephony_exporter_events_total{",
                                                                "telephony_exporter_rejected_total{"};
  std::string kept;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    const auto named = [&](std::string_view name) { return line.starts_with(name); };
    const bool domain = std::any_of(kDomain.begin(), kDomain.end(), named);
    const bool own = std::any_of(kBySource.begin(), kBySource.end(), named) &&
                     line.find("source=\"" + source + '"') != line.npos;
    if ((domain || own || is_of_calls(line)) && !line.ends_with(" 0")) kept += line + '\n';
  }
  return kept;
}

/// The settings that have the source: the shipped ones, or those for the other shipped catalogs.
const std::shared_ptr<const Settings>& settings_with(const std::string& source) {
  static const auto more = load_settings(SOURCE_DIRECTORY "/tests/testdata/more_providers.yml");
  return shipped_settings()->source(source) != nullptr ? shipped_settings() : more;
}

std::string replayed(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(directory)) {
    if (file.path().filename().string().starts_with("sample")) files.push_back(file.path());
  }
  EXPECT_FALSE(files.empty()) << directory << " has no sample";
  std::sort(files.begin(), files.end());
  Options options;
  options.source = directory.filename();
  options.log_level = LogLevel::error;
  Replay replay(settings_with(options.source), options);
  for (const fs::path& file : files) {
    const int in = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_GE(in, 0) << file;
    replay.read(in, file.string());
    close(in);
  }
  return kept_lines(replay.page(), options.source);
}

std::vector<std::string> golden_directories() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(SOURCE_DIRECTORY "/tests/testdata/providers")) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, SamplesCountAsWrittenDown) {
  ASSERT_NE(settings_with(GetParam())->source(GetParam()), nullptr) << "no source has this directory's name";
  const fs::path directory = fs::path(SOURCE_DIRECTORY "/tests/testdata/providers") / GetParam();
  const std::string actual = replayed(directory);
  const fs::path expected = directory / "expected.prom";
  if (std::getenv("UPDATE_GOLDENS") != nullptr) {
    std::ofstream(expected, std::ios::binary) << actual;
  }
  EXPECT_EQ(actual, text_of(expected));
}

INSTANTIATE_TEST_SUITE_P(Samples, Golden, testing::ValuesIn(golden_directories()), [](const auto& tested) {
  std::string name = tested.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(GoldenDirectories, EverySourceHasOne) {
  const std::vector<std::string> directories = golden_directories();
  for (const char* source : {"synthflow", "kamailio"}) {
    for (const Source& each : settings_with(source)->sources) {
      EXPECT_NE(std::find(directories.begin(), directories.end(), each.name), directories.end()) << each.name;
    }
  }
}

TEST(GoldenDirectories, EveryShippedCatalogIsRead) {
  for (const auto& file : fs::directory_iterator(SOURCE_DIRECTORY "/config/providers")) {
    const std::string provider = file.path().stem();
    const bool read = shipped_settings()->catalog(provider) != nullptr ||
                      settings_with("kamailio")->catalog(provider) != nullptr;
    EXPECT_TRUE(read) << provider;
  }
}

/// The line "| received | counted | ..." of numbers in the README, which a person worked out from the
/// payloads.
TEST_P(Golden, TheTableOfTheReadmeAgrees) {
  const fs::path directory = fs::path(SOURCE_DIRECTORY "/tests/testdata/providers") / GetParam();
  const std::string readme = text_of(directory / "README.md");
  const std::string golden = text_of(directory / "expected.prom");
  const auto value = [&](const std::string& series) {
    const std::size_t at = golden.find(series + "} ");
    return at == golden.npos
               ? "0"
               : golden.substr(at + series.size() + 2, golden.find('\n', at) - at - series.size() - 2);
  };
  const std::string source = "source=\"" + GetParam() + '"';
  const auto result = [&](const char* name) {
    return value("telephony_exporter_events_total{result=\"" + std::string(name) + "\"," + source);
  };
  const std::string row = "| " + value("telephony_exporter_events_received_total{" + source) + " | " +
                          result("counted") + " | " + result("duplicate") + " | " + result("ignored") +
                          " | " + result("rejected") + " |";
  EXPECT_NE(readme.find('\n' + row + '\n'), readme.npos) << "expected.prom says " << row;
}

}  // namespace
}  // namespace telephony
