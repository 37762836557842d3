// A provider is added by a catalog file and samples alone (testdata/new_provider), as
// docs/adding-a-provider.md says.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "river_fixture.h"
#include "telephony_exporter/explain/explain.h"

namespace telephony {
namespace {

const std::string kDirectory = SOURCE_DIRECTORY "/tests/testdata/new_provider/";

std::string text_of(const std::string& name) {
  std::ifstream in(kDirectory + name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(NewProvider, CountsFromAFileAndSamples) {
  River river(load_settings(kDirectory + "config.yml"));
  EXPECT_EQ(summary(river.json("examplecom", text_of("sample.json"))), "counted 7, duplicate 1, ignored 2");
  EXPECT_EQ(summary(river.text("examplecom", text_of("sample.txt"))), "counted 3, ignored 1");
  EXPECT_EQ(river.counted(), (std::vector<std::string>{
                                 "701 access_denied access authorization warning = 2",
                                 "701 key_expired access authorization critical = 1",
                                 "801 all_lines_busy lines capacity critical = 4",
                                 "unlisted unlisted lines capacity warning = 1",
                                 "session completed = 1",
                                 "session no_answer = 1",
                                 "session failed = 5",
                             }));

  const auto values = samples(river.ledger());
  EXPECT_EQ(
      values.at(R"(telephony_errors_total{category="capacity",code="801",family="lines",product="voice",)"
                R"(provider="examplecom",reason="all_lines_busy",severity="critical"})"),
      4);
  EXPECT_EQ(
      values.at(R"(telephony_account_errors_total{account="umbrella",category="capacity",code="801",)"
                R"(product="voice",provider="examplecom",reason="all_lines_busy",severity="critical"})"),
      2);
  EXPECT_GE(samples(HintMetrics(river.hints()))
                .at(R"(telephony_retry_after_seconds{code="801",product="voice",provider="examplecom",)"
                    R"(reason="all_lines_busy"})"),
            10);

  std::vector<std::string> unlisted;
  for (const UnlistedCode& code : river.unlisted().list()) unlisted.push_back(code.code + ' ' + code.text);
  std::sort(unlisted.begin(), unlisted.end());
  EXPECT_EQ(unlisted, (std::vector<std::string>{"701 no such thing", "899 line is on fire"}));
}

TEST(NewProvider, IsExplained) {
  const auto settings = load_settings(kDirectory + "config.yml");
  const Catalog* catalog = settings->catalogs.front().get();
  const auto reasons = [&](const std::string& query) {
    std::string found;
    for (const Meaning& meaning : explain({&catalog, 1}, query)) found += meaning.entry->reason + ' ';
    return found;
  };
  EXPECT_EQ(reasons("701"), "access_denied key_expired ");
  EXPECT_EQ(reasons("gw1 examplecom fault 701: Key expired"), "key_expired ");
  EXPECT_EQ(reasons("all lines busy"), "all_lines_busy ");
  EXPECT_EQ(reasons("799"), "unlisted ");
}

}  // namespace
}  // namespace telephony
