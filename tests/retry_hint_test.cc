// GET /api/v1/retry-hint: who asks what gets which answer.
#include <gmock/gmock.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "settings_fixture.h"
#include "web_fixture.h"

namespace telephony {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

std::string entry(const std::string& code, const std::string& reason, const std::string& retry,
                  const std::string& more = "") {
  return "      - {code: '" + code + "', reason: " + reason +
         ", family: all, category: platform, severity: critical, retry: " + retry + ", message: Message of " +
         reason + ", meaning: m, remedy: Remedy of " + reason + "." + more + "}\n";
}

std::string space(const std::string& name, const std::string& products, const std::string& entries) {
  return "  - name: " + name + "\n    title: T\n    products: " + products +
         "\n    source: https://acme.example/\n    families:\n"
         "      - {name: all, title: All, unlisted: {category: unknown, severity: warning, retry: never}}\n"
         "    codes:\n" +
         entries;
}

std::shared_ptr<const Settings> retry_settings() {
  const std::string waits = "{class: backoff, base: 30s, max: 10m}";
  return settings_of(
      "provider: acme\ntitle: Acme\ncode_spaces:\n" +
          space("calls", "[voice, fax]",
                entry("-1", "down", waits) + entry("3", "barred", "never") + entry("4", "lost", "immediate") +
                    entry("200", "fine", "never", ", counts: false")) +
          space("texts", "[sms]",
                entry("7", "forbidden", "after_fix") + entry("7", "too_fast", waits, ", default: true")) +
          "events:\n  - {kind: call, when: [/code], code: [/code], account: [/account]}\n",
      "  - {name: fax, provider: acme, product: fax, webhook: {path: /fax, auth: none}}\n"
      "  - {name: texts, provider: acme, product: sms, webhook: {path: /texts, auth: none}}\n"
      "accounts: {max: 2}\n");
}

class RetryHintTest : public WebServerTest {
 protected:
  RetryHintTest() {
    live_.set(settings_);
    hints_.adopt(settings_);
    ledger_.adopt(settings_);
  }

  WebReply hint(const std::string& question) { return ask("GET /api/v1/retry-hint?" + question); }
  nlohmann::json data(const std::string& question) {
    const WebReply reply = hint(question);
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.header("Content-Type"), "application/json");
    const auto answer = nlohmann::json::parse(reply.body);
    EXPECT_EQ(answer["status"], "success");
    return answer["data"];
  }
  void expect_refused(const std::string& question, int status, const std::string& detail) {
    const WebReply reply = hint(question);
    EXPECT_EQ(reply.status, status) << question;
    EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(reply.header("Retry-After"), "");
    EXPECT_THAT(nlohmann::json::parse(reply.body)["detail"].get<std::string>(), HasSubstr(detail))
        << question;
  }

  void refuse(const std::string& account, int times) {
    for (int i = 0; i < times; ++i) {
      Posting posting;
      posting.stream = settings_->sources[0].stream;
      posting.error = settings_->sources[0].series[0];
      posting.account = account;
      posting.received = std::chrono::system_clock::now() - (times - 1 - i) * seconds(60);
      ledger_.admit({&posting, 1});
      hints_.post({&posting, 1});
    }
  }

  const std::shared_ptr<const Settings> settings_ = retry_settings();
};

TEST_F(RetryHintTest, AnswersWithTheWaitOfOneCaller) {
  const auto answer = data("provider=acme&product=voice&account=kite&code=-1");
  EXPECT_EQ(answer["provider"], "acme");
  EXPECT_EQ(answer["product"], "voice");
  EXPECT_EQ(answer["account"], "kite");
  EXPECT_EQ(answer["code"], "-1");
  EXPECT_EQ(answer["reason"], "down");
  EXPECT_EQ(answer["allowed"], true);
  EXPECT_EQ(answer["class"], "backoff");
  EXPECT_EQ(answer["advice"], "Remedy of down.");
  EXPECT_EQ(answer["after_seconds"], 30);
  EXPECT_THAT(answer["not_before"].get<std::string>(),
              testing::MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+[.][0-9][0-9][0-9]Z"));
}

TEST_F(RetryHintTest, TheHeaderAndTheTimeSayTheSameAsTheSeconds) {
  refuse("kite", 12);
  const auto before = std::chrono::system_clock::now();
  const WebReply reply = hint("provider=acme&product=voice&account=kite&code=-1");
  const auto after = std::chrono::system_clock::now();
  EXPECT_EQ(reply.header("Cache-Control"), "no-store");
  const auto answer = nlohmann::json::parse(reply.body)["data"];
  const double wait = answer["wait_seconds"];
  EXPECT_GT(wait, 30);
  EXPECT_LE(wait, 600 + 600) << "bounded, and so is the spread";
  EXPECT_EQ(std::stol(reply.header("Retry-After")), static_cast<long>(std::ceil(wait)));
  std::tm parts{};
  double fraction = 0;
  const std::string time = answer["not_before"];
  ASSERT_EQ(std::sscanf(time.c_str(), "%d-%d-%dT%d:%d:%d%lf", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                        &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &fraction),
            7);
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  const double at = static_cast<double>(timegm(&parts)) + fraction;
  const auto unix_seconds = [](WallTime t) { return Seconds(t.time_since_epoch()).count(); };
  EXPECT_GE(at, unix_seconds(before) + wait - 0.002);
  EXPECT_LE(at, unix_seconds(after) + wait + 0.002);
}

TEST_F(RetryHintTest, EveryCallerGetsAWaitOfItsOwnWithinTheSpread) {
  refuse("kite", 12);
  std::set<double> waits;
  bool spread = false;
  for (int i = 0; i < 50; ++i) {
    const auto answer = data("provider=acme&product=voice&account=kite&code=-1");
    const double after = answer["after_seconds"], width = answer["spread_seconds"],
                 wait = answer["wait_seconds"];
    EXPECT_GE(wait, after - 0.002);
    EXPECT_LE(wait, after + width + 0.002);
    spread = width > 0.1;
    waits.insert(wait);
  }
  if (spread) EXPECT_GT(waits.size(), 25U);
}

TEST_F(RetryHintTest, AccountsHaveTheirOwnAndWithoutOneItIsTheWorst) {
  refuse("kite", 12);
  const std::string ask = "provider=acme&product=voice&code=-1";
  const double raised = data(ask + "&account=kite")["after_seconds"];
  EXPECT_GT(raised, 30);
  EXPECT_EQ(data(ask + "&account=lark")["after_seconds"], 30);
  const auto worst = data(ask + "&account=");
  EXPECT_NEAR(worst["after_seconds"].get<double>(), raised, 1);
  EXPECT_TRUE(worst["account"].is_null());
}

TEST_F(RetryHintTest, AnAccountBeyondTheBudgetIsOther) {
  for (const char* account : {"kite", "lark", "wren"}) refuse(account, 12);
  const std::string ask = "provider=acme&product=voice&code=-1&account=";
  const auto answer = data(ask + "robin");
  EXPECT_EQ(answer["account"], "other");
  EXPECT_GT(answer["after_seconds"], 30);
  EXPECT_EQ(data(ask + "lark")["account"], "lark");
  EXPECT_EQ(data(ask + "%2B12025550123")["account"], "other") << "phone numbers are no accounts";
}

TEST_F(RetryHintTest, WhatForbidsARetrySaysSo) {
  const WebReply reply = hint("provider=acme&product=voice&code=3");
  EXPECT_EQ(reply.header("Retry-After"), "");
  const auto answer = nlohmann::json::parse(reply.body)["data"];
  EXPECT_EQ(answer["allowed"], false);
  EXPECT_EQ(answer["class"], "never");
  EXPECT_EQ(answer["advice"], "Remedy of barred.");
  for (const char* wait : {"after_seconds", "spread_seconds", "wait_seconds", "not_before"}) {
    EXPECT_TRUE(answer[wait].is_null()) << wait;
  }
}

TEST_F(RetryHintTest, WhatMayBeTriedAtOnceHasNothingToWaitFor) {
  const WebReply reply = hint("provider=acme&product=voice&code=4");
  EXPECT_EQ(reply.header("Retry-After"), "");
  EXPECT_EQ(nlohmann::json::parse(reply.body)["data"]["wait_seconds"], 0);
}

TEST_F(RetryHintTest, TheProductMayBeLeftOutWhereOneKnowsTheCode) {
  EXPECT_EQ(data("provider=acme&code=7")["product"], "sms");
  expect_refused("provider=acme&code=-1", 400, "the parameter `product`");
}

TEST_F(RetryHintTest, ACodeWithSeveralMeaningsIsItsDefaultUnlessTheReasonIsGiven) {
  EXPECT_EQ(data("provider=acme&code=7")["reason"], "too_fast");
  EXPECT_EQ(data("provider=acme&code=7&reason=forbidden")["allowed"], false);
  expect_refused("provider=acme&code=7&reason=down", 404, "no such reason");
}

TEST_F(RetryHintTest, WhatCannotBeAnsweredSaysWhatToAsk) {
  expect_refused("", 400, "`provider` is missing");
  expect_refused("provider=acme", 400, "`code` is missing");
  expect_refused("provider=zenith&code=1", 404, "no source of the configuration is of this provider");
  expect_refused("provider=acme&code=99", 404, "/api/v1/explain");
  expect_refused("provider=acme&product=sms&code=-1", 404, "/api/v1/explain");
  expect_refused("provider=acme&product=telex&code=-1", 404, "/api/v1/explain");
  expect_refused("provider=acme&product=voice&code=200", 404, "as an error");
  expect_refused("provider=acme&product=voice&code=unlisted", 404, "/api/v1/explain");
  const std::string name(65, 'x');
  for (const char* parameter : {"provider", "product", "account", "code", "reason"}) {
    expect_refused(std::string(parameter) + '=' + name, 400, "longer than 64 bytes");
  }
  EXPECT_EQ(ask("POST /api/v1/retry-hint?provider=acme&code=7").status, 405);
  EXPECT_EQ(ask("HEAD /api/v1/retry-hint?provider=acme&code=7").status, 200);
}

TEST_F(RetryHintTest, QuestionsRefusalsScrapesAndReloadsAtOnce) {
  serve();
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    for (int i = 0; i < 150; ++i) refuse(i % 2 == 0 ? "kite" : "lark", 2);
    for (const auto& hints = hints_.unkept(9); !hints_.unkept(9).empty();) hints_.kept(hints.size());
    done = true;
  });
  threads.emplace_back([&] {
    while (!done) hints_.adopt(settings_);
  });
  threads.emplace_back([&] {
    while (!done) hints_.numbers(std::chrono::system_clock::now());
  });
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      auto connection = client();
      while (!done) {
        connection.send("GET /api/v1/retry-hint?provider=acme&product=voice&code=-1 HTTP/1.1\r\n\r\n");
        EXPECT_EQ(connection.read().status, 200);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(data("provider=acme&product=voice&code=-1&account=kite")["after_seconds"], 30);
}

}  // namespace
}  // namespace telephony
