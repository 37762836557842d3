// The metrics of trunks on their way from an event to the page.
#include "telephony_exporter/record/trunk_metrics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "collected.h"
#include "river_fixture.h"

namespace telephony {
namespace {

constexpr const char* kCatalog = R"(provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: lines, title: Lines, unlisted: {category: unknown, severity: warning, retry: never}}
    codes:
      - {code: "1", reason: full, family: lines, category: capacity, severity: critical, retry: never,
         message: Full, meaning: m, remedy: r}
      - {code: "2", reason: broken, family: lines, category: platform, severity: critical, retry: never,
         message: Broken, meaning: m, remedy: r}
events:
  - {kind: call, when: [/code], code: [/code], account: [/account], dedup: {id: [/id]}}
  - kind: progress
    when: [/stands]
    account: [/account]
    call: {session: [/session], leg: [/leg], status: [/stands], under_way: [open], over: [closed]}
)";

constexpr const char* kLimit = "trunks: {acme: {east: 4}}\n";

std::string labels(const std::string& account, const std::string& more = "") {
  return "{account=\"" + account + "\",product=\"voice\",provider=\"acme\"" + more + '}';
}

class TrunkMetricsTest : public testing::Test {
 protected:
  explicit TrunkMetricsTest(const char* more = kLimit) : river_(settings_of(kCatalog, more)) {}

  void open(std::uint64_t session, const std::string& account = "east") {
    TrunkNote note{0, account, {{}, CallId{session, 1}}, {}, river_.clock.now()};
    river_.trunks().see({&note, 1});
  }
  std::map<std::string, double> page() { return samples(river_.trunks()); }
  bool has(const std::string& metric) {
    const auto all = page();
    const auto found = all.lower_bound(metric + '{');
    return found != all.end() && found->first.starts_with(metric + '{');
  }

  River river_;
};

class WithoutLimit : public TrunkMetricsTest {
 protected:
  WithoutLimit() : TrunkMetricsTest("") {}
};

TEST_F(TrunkMetricsTest, ShowTrunksWithAConfiguredLimitFromTheStart) {
  EXPECT_EQ(page(), (std::map<std::string, double>{
                        {"telephony_concurrent_calls" + labels("east"), 0},
                        {"telephony_concurrent_calls_peak" + labels("east"), 0},
                        {"telephony_trunk_limit_calls" + labels("east", ",source=\"configured\""), 4},
                        {"telephony_trunk_utilization_ratio" + labels("east"), 0},
                        {"telephony_exporter_calls_expired_total{}", 0},
                        {"telephony_exporter_calls_dropped_total{}", 0}}));
}

TEST_F(TrunkMetricsTest, ShowUtilizationAndTraffic) {
  for (std::uint64_t i = 1; i <= 3; ++i) open(i);
  river_.clock.advance(std::chrono::minutes(1));
  auto now = page();
  EXPECT_EQ(now.at("telephony_concurrent_calls" + labels("east")), 3);
  EXPECT_EQ(now.at("telephony_trunk_utilization_ratio" + labels("east")), 0.75);
  EXPECT_NEAR(now.at("telephony_trunk_carried_erlangs" + labels("east")), 3, 1e-9);
  EXPECT_NEAR(now.at("telephony_trunk_offered_erlangs" + labels("east")), 3, 1e-9);
  EXPECT_NEAR(now.at("telephony_trunk_busy_hour_erlangs" + labels("east")), 3, 1e-9);
  EXPECT_EQ(now.at("telephony_trunk_blocking_ratio" + labels("east")), 0);
  EXPECT_EQ(now.at("telephony_trunk_recommended_calls" + labels("east", ",target_blocking=\"0.01\"")), 8);
}

TEST_F(WithoutLimit, ShowNothingOfALimitThatIsNotKnown) {
  EXPECT_FALSE(has("telephony_concurrent_calls"));
  open(1);
  EXPECT_TRUE(has("telephony_concurrent_calls"));
  EXPECT_FALSE(has("telephony_trunk_limit_calls"));
  EXPECT_FALSE(has("telephony_trunk_utilization_ratio"));
  EXPECT_FALSE(has("telephony_trunk_offered_erlangs"));
  for (const auto& [name, value] : page()) EXPECT_TRUE(std::isfinite(value)) << name;
}

TEST_F(WithoutLimit, FoldAccountsAsTheLedgerDoes) {
  open(1, "+6568332048");
  open(2, "");
  EXPECT_EQ(page().at("telephony_concurrent_calls" + labels("other")), 1);
  EXPECT_EQ(page().at("telephony_concurrent_calls" + labels("")), 1);
}

TEST_F(WithoutLimit, LearnALimitFromCommittedRefusalsOfCapacity) {
  for (std::uint64_t i = 1; i <= 3; ++i) open(i);
  river_.json("calls", R"({"id":"a","code":2,"account":"east"})");
  EXPECT_FALSE(has("telephony_trunk_limit_calls"));
  const char* refusal = R"({"id":"b","code":1,"account":"east"})";
  river_.json("calls", refusal);
  EXPECT_EQ(page().at("telephony_trunk_limit_calls" + labels("east", ",source=\"learned\"")), 3);
  EXPECT_EQ(page().at("telephony_trunk_blocking_ratio" + labels("east")), 0.25);
  EXPECT_EQ(summary(river_.json("calls", refusal)), "duplicate 1");
  EXPECT_EQ(page().at("telephony_trunk_blocking_ratio" + labels("east")), 0.25);
}

TEST_F(WithoutLimit, FollowEventsThatCountNothing) {
  const auto tell = [&](const char* session, const char* leg, const char* stands) {
    return summary(river_.json("calls", R"({"account":"east","session":")" + std::string(session) +
                                            R"(","leg":")" + leg + R"(","stands":")" + stands + "\"}"));
  };
  EXPECT_EQ(tell("s", "a", "open"), "ignored 1");
  tell("s", "b", "open");
  tell("t", "a", "open");
  EXPECT_EQ(page().at("telephony_concurrent_calls" + labels("east")), 3);
  tell("s", "a", "closed");
  EXPECT_EQ(page().at("telephony_concurrent_calls" + labels("east")), 2);
}

TEST(ShippedTrunks, FollowCallStatusAndSessionSummaries) {
  River river(load_settings(SOURCE_DIRECTORY "/config/telephony_exporter.yml"));
  const auto status = [&](const std::string& session, const std::string& call, const std::string& word) {
    river.json("8x8-number-masking",
               R"({"payload":{"eventId":")" + call + word + R"(","callId":")" + call + R"(","sessionId":")" +
                   session + R"(","subAccountId":"acme","callStatus":")" + word +
                   R"(","sipCode":200},"namespace":"VOICE","eventType":"CALL_STATUS"})");
  };
  const auto ends = [&](const std::string& session, const std::string& how) {
    river.json("8x8-number-masking", R"({"payload":{"sessionId":")" + session +
                                         R"(","subAccountId":"acme","sessionStatus":)" + how + "}}");
  };
  const auto open = [&] {
    return samples(river.trunks())
        .at(R"(telephony_concurrent_calls{account="acme",product="number_masking",provider="8x8"})");
  };
  status("s1", "a1", "CALL_RECEIVED");
  status("s1", "b1", "CALL_INITIATED");
  status("s1", "b1", "CALL_CONNECTED");
  status("s2", "a2", "CALL_RECEIVED");
  EXPECT_EQ(open(), 3);
  status("s2", "a2", "CALL_DISCONNECTED");
  EXPECT_EQ(open(), 2);
  ends("s3", R"("ERROR","errorDetails":{"errorCode":-2010})");
  EXPECT_EQ(samples(river.trunks())
                .at(R"(telephony_trunk_limit_calls{account="acme",product="number_masking",provider="8x8",)"
                    R"(source="learned"})"),
            2);
  ends("s1", R"("COMPLETED")");
  status("s1", "b1", "CALL_UPDATED");  // late
  EXPECT_EQ(open(), 0);
}

TEST_F(TrunkMetricsTest, KeepTheirCountsOverAReload) {
  open(1);
  const TestDirectory directory;
  river_.reload(settings_of(directory, kCatalog, "trunks: {acme: {east: 8, west: 2}}\n", &river_.settings()));
  const auto now = page();
  EXPECT_EQ(now.at("telephony_concurrent_calls" + labels("east")), 1);
  EXPECT_EQ(now.at("telephony_trunk_limit_calls" + labels("east", ",source=\"configured\"")), 8);
  EXPECT_EQ(now.at("telephony_trunk_limit_calls" + labels("west", ",source=\"configured\"")), 2);
  river_.reload(settings_of(directory, kCatalog, "", &river_.settings()));
  EXPECT_EQ(page().at("telephony_concurrent_calls" + labels("east")), 1);
  EXPECT_FALSE(has("telephony_trunk_limit_calls"));
}

TEST_F(WithoutLimit, AreRenderedAsTheyAreCollected) {
  expect_rendered_as_collected(river_.trunks());
  for (std::uint64_t session = 1; session <= 3; ++session) open(session, session == 1 ? "we\"st" : "east");
  expect_rendered_as_collected(river_.trunks());
  EXPECT_EQ(page_of(river_.trunks(), PageFormat::text).find("telephony_trunk_limit_calls"),
            std::string::npos);
}

TEST_F(TrunkMetricsTest, CountWhatExpires) {
  open(1);
  river_.clock.advance(limits::kOpenCallExpiry);
  EXPECT_EQ(page().at("telephony_exporter_calls_expired_total{}"), 1);
  EXPECT_EQ(page().at("telephony_concurrent_calls" + labels("east")), 0);
}

}  // namespace
}  // namespace telephony
