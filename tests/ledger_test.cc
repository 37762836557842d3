// The domain counters: their series from the start, what postings raise, and what a reload keeps.
#include "telephony_exporter/record/ledger.h"

#include <gtest/gtest.h>

#include "river_fixture.h"

namespace telephony {
namespace {

struct Code {
  std::string code;
  std::string reason;
  std::string family = "lines";
  std::string severity = "critical";
  std::string retry = "{class: backoff, base: 30s, max: 10m}";
};

std::string catalog_of(const std::vector<Code>& codes) {
  std::string text = R"(provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice, fax]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: lines, title: Lines, pattern: "2xx", unlisted: {category: capacity, severity: warning, retry: never}}
      - {name: access, title: Access, pattern: "3xx", unlisted: {category: authorization, severity: warning, retry: never}}
      - {name: success, title: Success, pattern: "1xx", counts: false,
         unlisted: {category: normal, severity: info, retry: never}}
    codes:
      - {code: "100", reason: ok, family: success, category: normal, severity: info, retry: never,
         message: OK, meaning: m, remedy: r}
)";
  for (const Code& c : codes) {
    text += "      - {code: \"" + c.code + "\", reason: " + c.reason + ", family: " + c.family +
            ", category: capacity, severity: " + c.severity + ", retry: " + c.retry +
            ", message: Message of " + c.reason + ", meaning: m, remedy: Do something.}\n";
  }
  return text + "events:\n  - {kind: call, when: [/status], status: [/status]}\n";
}

const Code kFull = {"201", "full"};
const Code kBusy = {"busy_code", "busy", "lines", "info", "never"};

std::uint32_t entry_of(const Settings& settings, const std::string& code, const std::string& family = "") {
  const auto& entries = settings.sources[0].space->entries;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    if (entries[i].code == code && (family.empty() || entries[i].family == family)) return i;
  }
  throw std::invalid_argument(code);
}

Posting posting_of(const Settings& settings, const std::string& code, std::string_view account = "",
                   const std::string& family = "") {
  Posting posting;
  posting.stream = settings.sources[0].stream;
  posting.error = settings.sources[0].series[entry_of(settings, code, family)];
  posting.account = account;
  posting.received = WallTime(std::chrono::milliseconds(1'700'000'000'500));
  return posting;
}

Posting session_of(const Settings& settings, Outcome outcome, std::string_view account = "") {
  Posting posting;
  posting.stream = settings.sources[0].stream;
  posting.session = static_cast<std::uint8_t>(outcome);
  posting.account = account;
  return posting;
}

void post(Ledger& ledger, std::vector<Posting> batch) {
  ledger.admit(batch);
  ledger.post(batch);
}

/// The samples of one metric, without the labels that all share.
std::map<std::string, double> of(const Ledger& ledger, const std::string& metric) {
  std::map<std::string, double> out;
  for (auto [name, value] : samples(ledger)) {
    if (!name.starts_with(metric + '{')) continue;
    std::string labels = name.substr(metric.size());
    for (const std::string common :
         {"product=\"voice\",", "provider=\"acme\",", ",provider=\"acme\"", ",product=\"voice\""}) {
      const std::size_t at = labels.find(common);
      if (at != labels.npos) labels.erase(at, common.size());
    }
    out[labels] = value;
  }
  return out;
}

using Values = std::map<std::string, double>;

TEST(Ledger, EverySeriesIsThereAtZeroFromTheStart) {
  const Ledger ledger(settings_of(catalog_of({kFull, kBusy})));
  EXPECT_EQ(
      samples(ledger),
      (Values{
          {R"(telephony_errors_total{category="capacity",code="201",family="lines",product="voice",provider="acme",reason="full",severity="critical"})",
           0},
          {R"(telephony_errors_total{category="capacity",code="busy_code",family="lines",product="voice",provider="acme",reason="busy",severity="info"})",
           0},
          {R"(telephony_errors_total{category="capacity",code="unlisted",family="lines",product="voice",provider="acme",reason="unlisted",severity="warning"})",
           0},
          {R"(telephony_errors_total{category="authorization",code="unlisted",family="access",product="voice",provider="acme",reason="unlisted",severity="warning"})",
           0},
          {R"(telephony_errors_total{category="unknown",code="unlisted",family="unknown",product="voice",provider="acme",reason="unlisted",severity="warning"})",
           0},
          {R"(telephony_sessions_total{outcome="completed",product="voice",provider="acme"})", 0},
          {R"(telephony_sessions_total{outcome="no_answer",product="voice",provider="acme"})", 0},
          {R"(telephony_sessions_total{outcome="busy",product="voice",provider="acme"})", 0},
          {R"(telephony_sessions_total{outcome="canceled",product="voice",provider="acme"})", 0},
          {R"(telephony_sessions_total{outcome="failed",product="voice",provider="acme"})", 0},
          {R"(telephony_sessions_total{outcome="error",product="voice",provider="acme"})", 0},
          {R"(telephony_sessions_total{outcome="other",product="voice",provider="acme"})", 0},
          {R"(telephony_error_info{category="capacity",code="201",family="lines",message="Message of full",product="voice",provider="acme",reason="full",remedy="Do something.",retry="backoff",severity="critical"})",
           1},
          {R"(telephony_error_info{category="capacity",code="busy_code",family="lines",message="Message of busy",product="voice",provider="acme",reason="busy",remedy="Do something.",retry="never",severity="info"})",
           1},
          {R"(telephony_last_error_timestamp_seconds{code="201",product="voice",provider="acme",reason="full"})",
           0},
          {R"(telephony_last_error_timestamp_seconds{code="busy_code",product="voice",provider="acme",reason="busy"})",
           0},
          {R"(telephony_last_error_timestamp_seconds{code="unlisted",product="voice",provider="acme",reason="unlisted"})",
           0},
      }));
}

TEST(Ledger, PostingsRaiseCountersAndTimestamps) {
  const auto settings = settings_of(catalog_of({kFull, kBusy}));
  Ledger ledger(settings);
  Posting with_session = posting_of(*settings, "201");
  with_session.session = static_cast<std::uint8_t>(Outcome::failed);
  Posting duplicate = with_session;
  duplicate.duplicate = true;
  post(ledger, {with_session, posting_of(*settings, "201"), duplicate, session_of(*settings, Outcome::busy)});
  const auto errors = of(ledger, "telephony_errors_total");
  EXPECT_EQ(errors.at(R"({category="capacity",code="201",family="lines",reason="full",severity="critical"})"),
            2);
  EXPECT_EQ(
      errors.at(R"({category="capacity",code="busy_code",family="lines",reason="busy",severity="info"})"), 0);
  EXPECT_EQ(of(ledger, "telephony_sessions_total"), (Values{{R"({outcome="completed"})", 0},
                                                            {R"({outcome="no_answer"})", 0},
                                                            {R"({outcome="busy"})", 1},
                                                            {R"({outcome="canceled"})", 0},
                                                            {R"({outcome="failed"})", 1},
                                                            {R"({outcome="error"})", 0},
                                                            {R"({outcome="other"})", 0}}));
  EXPECT_EQ(of(ledger, "telephony_last_error_timestamp_seconds"),
            (Values{{R"({code="201",reason="full"})", 1'700'000'000.5},
                    {R"({code="busy_code",reason="busy"})", 0},
                    {R"({code="unlisted",reason="unlisted"})", 0}}));
  EXPECT_EQ(of(ledger, "telephony_account_errors_total"), Values{}) << "no event named an account";
}

TEST(Ledger, APostingOfSeveralEventsCountsAsThese) {
  const auto settings = settings_of(catalog_of({kFull}));
  Posting several = posting_of(*settings, "201", "acme_sg");
  several.session = static_cast<std::uint8_t>(Outcome::failed);
  Ledger one_by_one(settings);
  Ledger together(settings);
  post(one_by_one, std::vector<Posting>(300, several));
  several.count = 300;
  post(together, {several});
  EXPECT_EQ(samples(together), samples(one_by_one));
  EXPECT_EQ(of(together, "telephony_sessions_total").at(R"({outcome="failed"})"), 300);
}

TEST(Ledger, AReloadRenamesCountersAndResetsNone) {
  const TestDirectory directory;
  const auto before = settings_of(directory, catalog_of({kFull, kBusy}));
  Ledger ledger(before);
  post(ledger,
       {posting_of(*before, "201", "acme_sg"), posting_of(*before, "201"), posting_of(*before, "busy_code"),
        posting_of(*before, "unlisted", "", "lines"), session_of(*before, Outcome::error)});
  Code access = kBusy;
  access.family = "access";
  access.severity = "warning";
  access.retry = "immediate";
  Code mild = kFull;
  mild.severity = "warning";
  const auto after = settings_of(directory, catalog_of({access, mild}), "", before.get());
  ledger.adopt(after);
  EXPECT_EQ(
      of(ledger, "telephony_errors_total"),
      (Values{
          {R"({category="capacity",code="busy_code",family="access",reason="busy",severity="warning"})", 1},
          {R"({category="capacity",code="201",family="lines",reason="full",severity="warning"})", 2},
          {R"({category="capacity",code="unlisted",family="lines",reason="unlisted",severity="warning"})", 1},
          {R"({category="authorization",code="unlisted",family="access",reason="unlisted",severity="warning"})",
           0},
          {R"({category="unknown",code="unlisted",family="unknown",reason="unlisted",severity="warning"})",
           0}}));
  EXPECT_EQ(of(ledger, "telephony_sessions_total").at(R"({outcome="error"})"), 1);
  EXPECT_EQ(of(ledger, "telephony_account_errors_total"),
            (Values{{R"({account="acme_sg",category="capacity",code="201",reason="full",severity="warning"})",
                     1}}));
}

TEST(Ledger, ARemovedEntryComesBackWithItsCount) {
  const TestDirectory directory;
  const std::string full =
      R"({category="capacity",code="201",family="lines",reason="full",severity="critical"})";
  const auto first = settings_of(directory, catalog_of({kFull, kBusy}));
  Ledger ledger(first);
  post(ledger, {posting_of(*first, "201", "acme_sg"), posting_of(*first, "201")});
  const auto second = settings_of(directory, catalog_of({kBusy}), "", first.get());
  ledger.adopt(second);
  EXPECT_FALSE(of(ledger, "telephony_errors_total").contains(full));
  EXPECT_EQ(of(ledger, "telephony_account_errors_total"), Values{});
  // An event that was read under the old settings may still arrive.
  post(ledger, {posting_of(*first, "201")});
  const auto third = settings_of(directory, catalog_of({kFull, kBusy}), "", second.get());
  ledger.adopt(third);
  EXPECT_EQ(of(ledger, "telephony_errors_total").at(full), 3);
  EXPECT_EQ(of(ledger, "telephony_account_errors_total").size(), 1U);
}

TEST(Ledger, ANewSourceBringsItsSeries) {
  const TestDirectory directory;
  const auto before = settings_of(directory, catalog_of({kFull}));
  Ledger ledger(before);
  const auto after = settings_of(
      directory, catalog_of({kFull}),
      "  - {name: fax, provider: acme, product: fax, webhook: {path: /fax, auth: none}}\n", before.get());
  ledger.adopt(after);
  const auto all = samples(ledger);
  EXPECT_EQ(
      all.at(
          R"(telephony_errors_total{category="capacity",code="201",family="lines",product="fax",provider="acme",reason="full",severity="critical"})"),
      0);
  EXPECT_EQ(all.at(R"(telephony_sessions_total{outcome="busy",product="fax",provider="acme"})"), 0);
}

TEST(Ledger, AccountsBeyondTheBudgetAreOther) {
  const auto settings = settings_of(catalog_of({kFull}), "accounts: {max: 2}\n");
  Ledger ledger(settings);
  for (const char* account : {"a", "b", "c", "a", "+12025550143", "other"}) {
    post(ledger, {posting_of(*settings, "201", account), session_of(*settings, Outcome::failed, account)});
  }
  const auto error = [](const std::string& account) {
    return "{account=\"" + account + R"(",category="capacity",code="201",reason="full",severity="critical"})";
  };
  EXPECT_EQ(of(ledger, "telephony_account_errors_total"),
            (Values{{error("a"), 2}, {error("b"), 1}, {error("other"), 3}}));
  EXPECT_EQ(of(ledger, "telephony_account_sessions_total").at(R"({account="other",outcome="failed"})"), 3);
  EXPECT_EQ(of(ledger, "telephony_account_last_error_timestamp_seconds"),
            (Values{{R"({account="a",code="201",reason="full"})", 1'700'000'000.5},
                    {R"({account="b",code="201",reason="full"})", 1'700'000'000.5},
                    {R"({account="other",code="201",reason="full"})", 1'700'000'000.5}}));
  EXPECT_EQ(ledger.accounts(), 2U);
  EXPECT_EQ(ledger.accounts_folded(), 6U) << "three errors and three sessions";
}

TEST(Ledger, AllowedAccountsHaveTheirCriticalSeriesFromTheStart) {
  const auto settings =
      settings_of(catalog_of({kFull, kBusy}), "accounts: {max: 1, allow: {acme: [vip, second]}}\n");
  Ledger ledger(settings);
  EXPECT_EQ(
      of(ledger, "telephony_account_errors_total"),
      (Values{
          {R"({account="vip",category="capacity",code="201",reason="full",severity="critical"})", 0},
          {R"({account="second",category="capacity",code="201",reason="full",severity="critical"})", 0}}));
  EXPECT_EQ(of(ledger, "telephony_account_sessions_total").size(), 2 * kOutcomes);
  EXPECT_EQ(of(ledger, "telephony_account_last_error_timestamp_seconds")
                .at(R"({account="vip",code="201",reason="full"})"),
            0);
  post(ledger, {posting_of(*settings, "busy_code", "vip"), posting_of(*settings, "201", "unknown")});
  const auto errors = of(ledger, "telephony_account_errors_total");
  EXPECT_EQ(
      errors.at(R"({account="vip",category="capacity",code="busy_code",reason="busy",severity="info"})"), 1);
  EXPECT_EQ(
      errors.at(R"({account="other",category="capacity",code="201",reason="full",severity="critical"})"), 1);
}

TEST(Ledger, UnlistedCodesOfSeveralFamiliesShareAnAccountsSeries) {
  const auto settings = settings_of(catalog_of({kFull}));
  Ledger ledger(settings);
  post(ledger,
       {posting_of(*settings, "unlisted", "a", "lines"), posting_of(*settings, "unlisted", "a", "lines"),
        posting_of(*settings, "unlisted", "a", "access"), posting_of(*settings, "unlisted", "a", "unknown")});
  const Values all = {
      {R"({account="a",category="unknown",code="unlisted",reason="unlisted",severity="warning"})", 4}};
  EXPECT_EQ(of(ledger, "telephony_account_errors_total"), all);
  EXPECT_EQ(of(ledger, "telephony_account_last_error_timestamp_seconds").size(), 1U);
}

TEST(Ledger, SumsOverAccountsAreTheTotals) {
  const auto settings = settings_of(catalog_of({kFull, kBusy}), "accounts: {max: 5, allow: {acme: [vip]}}\n");
  Ledger ledger(settings);
  for (int i = 0; i < 500; ++i) {
    const std::string account = i % 7 == 0 ? "vip" : "account_" + std::to_string(i % 13);
    Posting posting = posting_of(*settings, i % 3 == 0 ? "201" : "busy_code", account);
    posting.session = static_cast<std::uint8_t>(i % static_cast<int>(kOutcomes));
    post(ledger, {posting});
  }
  const auto total = [&](const std::string& metric, const std::string& label) {
    double sum = 0;
    for (const auto& [labels, value] : of(ledger, metric))
      sum += labels.find(label) != labels.npos ? value : 0;
    return sum;
  };
  for (const std::string code : {"code=\"201\"", "code=\"busy_code\""}) {
    EXPECT_EQ(total("telephony_account_errors_total", code), total("telephony_errors_total", code)) << code;
    EXPECT_GT(total("telephony_errors_total", code), 100) << code;
  }
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    const std::string outcome = "outcome=\"" + std::string(name(static_cast<Outcome>(i))) + '"';
    EXPECT_EQ(total("telephony_account_sessions_total", outcome), total("telephony_sessions_total", outcome))
        << outcome;
  }
}

TEST(Ledger, WhatDoesNotCountHasNoSeries) {
  const Ledger ledger(settings_of(catalog_of({kFull})));
  for (const auto& [name, value] : samples(ledger)) {
    EXPECT_EQ(name.find("code=\"100\""), name.npos) << name;
    EXPECT_EQ(name.find("family=\"success\""), name.npos) << name;
  }
}

}  // namespace
}  // namespace telephony
