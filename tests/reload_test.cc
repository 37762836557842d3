// Reloads of the real binary: what is counted stays, whatever the files say next.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "process.h"

namespace telephony {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::seconds kSoon{20};

constexpr const char* kConfiguration = R"(providers: [acme.yml]
sources:
  - {name: one, provider: acme, product: voice, webhook: {path: /one}}
)";

constexpr const char* kTwoSources = R"(providers: [acme.yml]
sources:
  - {name: one, provider: acme, product: voice, webhook: {path: /one}}
  - {name: two, provider: acme, product: voice, webhook: {path: /two}}
)";

std::string entry(const std::string& code, const std::string& reason, const std::string& severity) {
  return "      - {code: '" + code + "', reason: " + reason +
         ", family: calls, category: capacity, severity: " + severity +
         ", retry: never, message: Message of " + reason + ", meaning: Meaning., remedy: Remedy.}\n";
}

std::string catalog(const std::string& entries) {
  return R"(provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.org/codes
    families:
      - {name: calls, title: Calls, unlisted: {category: unknown, severity: warning, retry: never}}
    codes:
)" + entries +
         R"(events:
  - {kind: call, when: [/code], code: [/code], account: [/account]}
)";
}

class ReloadTest : public ExporterTest {
 protected:
  ReloadTest() {
    write_catalog(entry("7", "full", "warning"));
    configuration_ = directory_.write("exporter.yml", kConfiguration);
    exporter_ = &start({configuration_});
  }

  Exporter& exporter() { return *exporter_; }
  std::string write_catalog(const std::string& entries) const {
    return directory_.write("acme.yml", catalog(entries));
  }
  void write_configuration(const std::string& text) const { directory_.write("exporter.yml", text); }

  void post(const std::string& code) {
    EXPECT_EQ(exporter().post("/one", R"({"account":"kite","code":")" + code + "\"}").status, 200);
  }
  std::optional<double> errors(const std::string& code, const std::string& severity) {
    return exporter().metric("telephony_errors_total", {{"code", code}, {"severity", severity}});
  }
  std::optional<double> successful() {
    return exporter().metric("telephony_exporter_config_last_reload_successful");
  }
  std::optional<double> success_time() {
    return exporter().metric("telephony_exporter_config_last_reload_success_timestamp_seconds");
  }

 private:
  TemporaryDirectory directory_;
  std::string configuration_;
  Exporter* exporter_ = nullptr;
};

TEST_F(ReloadTest, ANewEntryAppearsAtZeroAndCountsStay) {
  post("7");
  post("7");
  EXPECT_EQ(errors("8", "critical"), std::nullopt);
  write_catalog(entry("7", "full", "warning") + entry("8", "broken", "critical"));
  const Answer answer = exporter().reload();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "Reloaded\n");
  EXPECT_EQ(errors("8", "critical"), 0);
  EXPECT_EQ(errors("7", "warning"), 2);
  post("8");
  EXPECT_EQ(errors("8", "critical"), 1);
}

TEST_F(ReloadTest, AChangedSeverityRenamesWithoutResetting) {
  post("7");
  post("7");
  const auto seen = exporter().metric("telephony_last_error_timestamp_seconds", {{"code", "7"}});
  write_catalog(entry("7", "full", "critical"));
  EXPECT_EQ(exporter().reload().status, 200);
  EXPECT_EQ(errors("7", "warning"), std::nullopt);
  EXPECT_EQ(errors("7", "critical"), 2);
  EXPECT_EQ(
      exporter().metric("telephony_account_errors_total", {{"account", "kite"}, {"severity", "critical"}}),
      2);
  EXPECT_EQ(exporter().metric("telephony_last_error_timestamp_seconds", {{"code", "7"}}), seen);
  post("7");
  EXPECT_EQ(errors("7", "critical"), 3);
}

TEST_F(ReloadTest, AnEntryThatComesBackHasItsCount) {
  post("7");
  write_catalog(entry("8", "broken", "critical"));
  EXPECT_EQ(exporter().reload().status, 200);
  EXPECT_EQ(errors("7", "warning"), std::nullopt);
  post("7");
  EXPECT_EQ(errors("unlisted", "warning"), 1);
  write_catalog(entry("7", "full", "warning"));
  EXPECT_EQ(exporter().reload().status, 200);
  EXPECT_EQ(errors("7", "warning"), 1);
  EXPECT_EQ(errors("unlisted", "warning"), 1);
}

TEST_F(ReloadTest, ANewSourceIsThereAtOnceAndAnOldOneGone) {
  EXPECT_EQ(exporter().post("/two", "{}").status, 404);
  write_configuration(kTwoSources);
  EXPECT_EQ(exporter().reload().status, 200);
  EXPECT_EQ(exporter().post("/two", R"({"code":7})").status, 200);
  EXPECT_EQ(exporter().metric("telephony_exporter_events_received_total", {{"source", "two"}}), 1);
  write_configuration(kConfiguration);
  EXPECT_EQ(exporter().reload().status, 200);
  EXPECT_EQ(exporter().post("/two", "{}").status, 404);
  EXPECT_EQ(errors("7", "warning"), 1);
}

TEST_F(ReloadTest, ASignalReloadsToo) {
  post("7");
  const auto before = success_time();
  write_catalog(entry("7", "full", "critical"));
  exporter().process().signal(SIGHUP);
  EXPECT_TRUE(eventually(kSoon, [&] { return success_time() > before; }));
  EXPECT_EQ(errors("7", "critical"), 1);
  EXPECT_THAT(exporter().errors(), HasSubstr("level=info msg=\"configuration reloaded\""));
}

TEST_F(ReloadTest, ABadFileKeepsTheOldConfigurationUntilItIsRepaired) {
  post("7");
  const auto loaded = success_time();
  const std::string file = write_catalog(entry("7", "full", "critical") + entry("8", "broken", "loud"));
  const std::string message =
      file + ":12:82: 'loud' is not allowed here; expected one of: critical, warning, info";
  const Answer answer = exporter().reload();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.type, "application/problem+json");
  EXPECT_EQ(answer.body, R"({"detail":")" + message +
                             R"(","status":500,"title":"Internal Server Error","type":"about:blank"})" +
                             "\n");
  EXPECT_EQ(successful(), 0);
  EXPECT_EQ(success_time(), loaded);
  EXPECT_EQ(errors("7", "warning"), 1);
  EXPECT_EQ(errors("8", "critical"), std::nullopt);
  EXPECT_THAT(
      exporter().errors(),
      HasSubstr("level=error msg=\"configuration not reloaded; the old one stays\" error=\"" + message));
  post("7");
  EXPECT_EQ(errors("7", "warning"), 2);
  EXPECT_EQ(exporter().get("/-/ready").status, 200);

  write_catalog(entry("7", "full", "critical") + entry("8", "broken", "info"));
  EXPECT_EQ(exporter().reload().status, 200);
  EXPECT_EQ(successful(), 1);
  EXPECT_GT(success_time(), loaded);
  EXPECT_EQ(errors("7", "critical"), 2);
  EXPECT_EQ(errors("8", "info"), 0);
}

TEST_F(ReloadTest, ABadFileIsNoticedOnASignalToo) {
  write_configuration("providers: [acme.yml\n");
  exporter().process().signal(SIGHUP);
  EXPECT_TRUE(eventually(kSoon, [&] { return successful() == 0; }));
  write_configuration(kConfiguration);
  exporter().process().signal(SIGHUP);
  EXPECT_TRUE(eventually(kSoon, [&] { return successful() == 1; }));
}

TEST_F(ReloadTest, AReloadRefusesWhatAStartWouldRefuse) {
  struct Case {
    std::string configuration;
    std::string detail;
  };
  const std::vector<Case> cases = {
      {"", "exporter.yml:1:1: is empty"},
      {"providers: [acme.yml]]\n", "exporter.yml:1:22: is not YAML: illegal flow end"},
      {", providers: [acme.yml]\n", "exporter.yml:1:1: a second document starts here; one file holds one"},
      {"providers: [other.yml]\nsources: []\n", "other.yml'"},
      {"providers: [" + std::string(300, 'a') + "]\nsources: []\n", "exporter.yml:1:13: there is no file '"},
      {"providers: [acme.yml]\nsources:\n  - {name: one, provider: acme, product: voice, file: {paths: "
       "[]}}\n",
       "exporter.yml:3:63: names no file; list at least one path"},
  };
  for (const Case& c : cases) {
    write_configuration(c.configuration);
    const Answer answer = exporter().reload();
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.body, HasSubstr(c.detail));
  }
  post("7");
}

TEST_F(ReloadTest, ReloadsUnderLoadLoseNothing) {
  constexpr int kReloads = 50;
  constexpr int kSenders = 2;
  constexpr int kMostPosts = 5000;  // each; so that the test ends when reloads do not
  std::atomic<bool> reloading = true;
  std::array<int, kSenders> counted{};
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&, sender] {
      for (int i = 0; i < kMostPosts && reloading; ++i) {
        const Answer answer = exporter().post("/one", R"([{"code":7},{"code":9}])");
        if (answer.body == R"({"received":2,"counted":2,"duplicate":0,"ignored":0,"rejected":0})") {
          ++counted[static_cast<std::size_t>(sender)];
        } else {
          ADD_FAILURE() << answer.status << ' ' << answer.body;
        }
      }
    });
  }
  for (int i = 0; i < kReloads; ++i) {
    write_catalog(i % 2 == 0 ? entry("7", "full", "critical") + entry("9", "late", "info")
                             : entry("7", "full", "warning"));
    EXPECT_EQ(exporter().reload().status, 200);
  }
  reloading = false;
  for (std::thread& sender : senders) sender.join();
  write_catalog(entry("7", "full", "critical") + entry("9", "late", "info"));
  EXPECT_EQ(exporter().reload().status, 200);
  const double posts = counted[0] + counted[1];
  EXPECT_GT(posts, 0);
  EXPECT_EQ(errors("7", "critical"), posts);
  EXPECT_EQ(errors("9", "info").value_or(0) + errors("unlisted", "warning").value_or(0), posts);
  EXPECT_EQ(exporter().metric("telephony_exporter_events_total", {{"result", "counted"}}), 2 * posts);
}

}  // namespace
}  // namespace telephony
