// Retry hints of the running exporter, for those who ask and those who scrape; and clients that follow them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "journal_fixture.h"
#include "process.h"

namespace telephony {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr double kRest = 30;  // of -2010, as its catalog has it
constexpr double kMost = 600;

const std::string kConfiguration =
    "providers: [" SOURCE_DIRECTORY "/config/providers/8x8.yml, " SOURCE_DIRECTORY
    "/config/providers/kamailio.yml]\n"
    "sources:\n"
    "  - {name: masking, provider: 8x8, product: number_masking, webhook: {path: "
    "/masking, auth: none}}\n"
    "  - {name: proxy, provider: kamailio, product: voice, webhook: {path: "
    "/proxy, auth: none}}\n";

class RetryHintProcessTest : public ExporterTest {
 protected:
  Exporter& start_again() {
    return start({.configuration = directory_.write("exporter.yml", kConfiguration), .journal = journal_});
  }
  void post(const Exporter& exporter, const std::string& account, const std::string& end, int times) {
    std::string body;
    for (int i = 0; i < times; ++i) {
      body += (body.empty() ? "[" : ",") + (R"({"payload":{"sessionId":"s)" + std::to_string(++sessions_)) +
              R"(","subAccountId":")" + account + R"(","sessionStatus":)" + end + "}}";
    }
    EXPECT_EQ(exporter.post("/masking", body + "]").status, 200);
  }
  void refuse(const Exporter& exporter, const std::string& account, int times) {
    post(exporter, account, R"("ERROR","errorDetails":{"errorCode":-2010})", times);
  }
  void complete(const Exporter& exporter, const std::string& account, int times) {
    post(exporter, account, R"("COMPLETED")", times);
  }
  /// Until it has to wait noticeably longer: nothing is concluded from one moment.
  void raise(const Exporter& exporter, const std::string& account) {
    EXPECT_TRUE(eventually(seconds(30), [&] {
      refuse(exporter, account, 5);
      return wait(exporter, account).value_or(0) > 1.01 * kRest;
    }));
  }
  static std::optional<double> wait(const Exporter& exporter, const std::string& account) {
    const Labels code = {{"code", "-2010"}, {"provider", "8x8"}};
    if (account.empty()) return exporter.metric("telephony_retry_after_seconds", code);
    Labels labels = code;
    labels["account"] = account;
    return exporter.metric("telephony_account_retry_after_seconds", labels);
  }
  static nlohmann::json ask(const Exporter& exporter, const std::string& account) {
    const Answer answer =
        exporter.get("/api/v1/retry-hint?provider=8x8&product=number_masking&code=-2010&account=" + account);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return nlohmann::json::parse(answer.body)["data"];
  }

  TemporaryDirectory directory_;
  const std::string journal_ = directory_.path() + "/journal.db";
  int sessions_ = 0;
};

TEST_F(RetryHintProcessTest, ABurstRaisesItsAccountAndSuccessesBringItBack) {
  const Exporter& exporter = start_again();
  EXPECT_EQ(wait(exporter, ""), kRest);
  EXPECT_EQ(exporter.metric("telephony_retry_not_before_timestamp_seconds", {{"code", "-2010"}}), 0);
  EXPECT_EQ(exporter.metric("telephony_account_retry_after_seconds"), std::nullopt);

  raise(exporter, "acme");
  EXPECT_GT(wait(exporter, "acme"), kRest);
  EXPECT_LE(wait(exporter, "acme"), kMost);
  EXPECT_GT(wait(exporter, ""), kRest);
  EXPECT_EQ(wait(exporter, "zenith"), std::nullopt);
  EXPECT_EQ(ask(exporter, "zenith")["after_seconds"], kRest);
  EXPECT_GT(ask(exporter, "acme")["after_seconds"], kRest);
  EXPECT_GT(exporter.metric("telephony_retry_not_before_timestamp_seconds", {{"code", "-2010"}}),
            std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count());

  complete(exporter, "zenith", 10);
  EXPECT_GT(wait(exporter, "acme"), kRest) << "of others' sessions nothing is learned";
  EXPECT_TRUE(eventually(seconds(60), [&] {
    complete(exporter, "acme", 5);
    return !wait(exporter, "acme");
  }));
  EXPECT_EQ(wait(exporter, ""), kRest);
  EXPECT_EQ(exporter.metric("telephony_retry_not_before_timestamp_seconds", {{"code", "-2010"}}), 0);
}

TEST_F(RetryHintProcessTest, AKillLosesAMomentAtMost) {
  Exporter* exporter = &start_again();
  raise(*exporter, "acme");
  const double raised = ask(*exporter, "acme")["after_seconds"];
  const double last =
      exporter->metric("telephony_account_last_error_timestamp_seconds", {{"account", "acme"}}).value_or(0);
  Sql journal(journal_);
  EXPECT_TRUE(eventually(seconds(5), [&] {
    return static_cast<double>(journal.integer("SELECT max(changed) FROM hints")) / 1e9 > last - 0.001;
  }));
  exporter->process().signal(SIGKILL);
  EXPECT_EQ(exporter->process().wait(seconds(10)), 128 + SIGKILL);
  exporter = &start_again();
  EXPECT_NEAR(ask(*exporter, "acme")["after_seconds"].get<double>(), raised, raised / 200);
  EXPECT_GT(wait(*exporter, "acme"), kRest);
}

TEST_F(RetryHintProcessTest, AStopLosesNothing) {
  Exporter* exporter = &start_again();
  for (const char* account : {"acme", "zenith"}) raise(*exporter, account);
  EXPECT_EQ(exporter->stop(), 0);
  EXPECT_THAT(run_exporter({"journal", "stats", journal_}).output, HasSubstr("raised_hints\t2\n"));
  exporter = &start_again();
  for (const char* account : {"acme", "zenith"}) EXPECT_GT(wait(*exporter, account), kRest);
}

TEST_F(RetryHintProcessTest, WhatAProviderAsksForWinsAndIsCapped) {
  const Exporter& exporter = start_again();
  const auto refused = [&](const std::string& id, const std::string& wait) {
    const std::string line =
        "Jan 13 08:26:58 sbc1 /usr/sbin/kamailio[1]: NOTICE: acc [acc.c:287]: acc_log_request(): ACC: call "
        "missed: "
        "timestamp=1768292821;method=INVITE;from_tag=a" +
        id + ";to_tag=b;call_id=k" + id +
        "@192.0.2.10;code=503;reason=Service Unavailable;retry_after=" + wait + ";trunk=carrier-b\n";
    EXPECT_EQ(exporter.post("/proxy", line, "text/plain").status, 200);
    const Answer answer = exporter.get("/api/v1/retry-hint?provider=kamailio&code=503");
    return nlohmann::json::parse(answer.body)["data"]["after_seconds"].get<double>();
  };
  const double asked = refused("1", "240");
  EXPECT_GT(asked, 230);
  EXPECT_LE(asked, 241);
  EXPECT_GT(refused("2", "86400"), 590);
  EXPECT_LE(refused("3", "86400"), 600) << "the catalog's longest wait";
}

const char* const kShortWaits = R"(provider: acme
title: Acme
code_spaces:
  - name: calls
    title: Calls
    products: [voice]
    source: https://acme.example/
    families:
      - {name: all, title: All, unlisted: {category: unknown, severity: warning, retry: never}}
    codes:
      - {code: "-1", reason: down, family: all, category: platform, severity: critical,
         retry: {class: backoff, base: 1s, max: 1s}, message: Down, meaning: m, remedy: Wait a moment.}
      - {code: "3", reason: barred, family: all, category: policy, severity: critical, retry: never,
         message: Barred, meaning: m, remedy: Ask for a permission.}
events:
  - {kind: call, when: [/code], code: [/code], account: [/account]}
)";

/// A client is a program of docs/examples/retry-hint, and a call is a command that is refused at first.
class RetryHintClients : public ExporterTest {
 protected:
  struct Client {
    Finished done;
    int calls = 0;
    milliseconds took{0};
  };

  /// Each attempt takes the next of these codes, and succeeds when none is left.
  Client follow(const std::string& client, const std::string& exporter, const std::string& codes) {
    const std::string left = directory_.write("codes", codes);
    const std::string call = directory_.write("call",
                                              "[ -s \"$1\" ] || exit 0\nhead -n 1 \"$1\"\nsed -i 1d \"$1\"\n"
                                              "echo called >>\"$1.calls\"\nexit 1\n");
    directory_.write("codes.calls", "");
    const std::string file = SOURCE_DIRECTORY "/docs/examples/retry-hint/" + client;
    const std::vector<std::string> rest = {exporter, "acme", "voice", "kite", "bash", call, left};
    const auto begin = std::chrono::steady_clock::now();
    Client out;
    out.done = program(client, file, rest);
    out.took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
    const std::string calls = read_text_file(left + ".calls");
    out.calls = static_cast<int>(std::count(calls.begin(), calls.end(), '\n'));
    return out;
  }

  static Finished program(const std::string& client, const std::string& file,
                          const std::vector<std::string>& rest) {
    std::vector<std::string> words = {"/usr/bin/env", "bash", file};
    if (client.ends_with(".py")) words = {"/usr/bin/env", "python3", file};
    if (client.ends_with(".mjs")) words = {"/usr/bin/env", "node", file};
    words.insert(words.end(), rest.begin(), rest.end());
    return run(words);
  }

  TemporaryDirectory directory_;
};

TEST_F(RetryHintClients, WaitAsTheyAreToldAndGiveUpWhenTheyAre) {
  directory_.write("acme.yml", kShortWaits);
  const Exporter& exporter = start(
      {.configuration = directory_.write("exporter.yml",
                                         "providers: [acme.yml]\nsources:\n"
                                         "  - {name: calls, provider: acme, product: voice, webhook: {path: "
                                         "/calls, auth: none}}\n")});
  const std::string address = "http://127.0.0.1:" + std::to_string(exporter.web_port());
  for (const char* client : {"client.py", "client.mjs", "client.sh"}) {
    SCOPED_TRACE(client);
    const double before =
        exporter.metric("telephony_exporter_http_requests_total", {{"code", "200"}}).value_or(0);
    const Client waited = follow(client, address, "-1\n-1\n");
    EXPECT_EQ(waited.done.exit_code, 0) << waited.done.errors;
    EXPECT_EQ(waited.calls, 2);
    EXPECT_GE(waited.took, seconds(2)) << "twice a second at least";
    const Client barred = follow(client, address, "3\n3\n3\n");
    EXPECT_EQ(barred.done.exit_code, 1);
    EXPECT_EQ(barred.calls, 1);
    EXPECT_EQ(follow(client, address, "").done.exit_code, 0);
    const auto after = exporter.metric("telephony_exporter_http_requests_total", {{"code", "200"}});
    EXPECT_GE(after.value_or(0), before + 3) << "it asked each time";
  }
}

TEST_F(RetryHintClients, BackOffByThemselvesWhenNobodyAdvises) {
  const std::string nobody = "http://127.0.0.1:" + std::to_string(free_port());
  for (const char* client : {"client.py", "client.mjs", "client.sh"}) {
    SCOPED_TRACE(client);
    const Client alone = follow(client, nobody, "-1\n");
    EXPECT_EQ(alone.done.exit_code, 0) << alone.done.errors;
    EXPECT_EQ(alone.calls, 1);
    EXPECT_LT(alone.took, seconds(20));
  }
}

}  // namespace
}  // namespace telephony
