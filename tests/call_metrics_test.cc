// The histograms of calls: what is observed, what is not, and how the page shows it.
#include <gtest/gtest.h>

#include "collected.h"
#include "river_fixture.h"

namespace telephony {
namespace {

using namespace std::chrono_literals;

/// The clock of the river stands at 2023-11-14T22:13:20Z.
std::string summary_of(const std::string& id, const std::string& fields,
                       const std::string& account = "acme_sg") {
  return R"({"eventType":"SESSION_SUMMARY","payload":{"sessionStatus":"COMPLETED","sessionId":")" + id +
         R"(","subAccountId":")" + account + "\"," + fields + "}}";
}

std::string leg_of(const std::string& fields) { return R"("details":{"callA":{)" + fields + "}}"; }

/// The lines of the page that begin so, without their labels' provider and product.
std::string lines(const River& river, std::string_view beginning) {
  std::istringstream page(river.page());
  std::string out;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with(beginning)) continue;
    for (const std::string_view same : {",product=\"number_masking\"", ",provider=\"8x8\""}) {
      if (const auto at = line.find(same); at != line.npos) line.erase(at, same.size());
    }
    out += line + '\n';
  }
  return out;
}

class Calls : public testing::Test {
 protected:
  Receipt post(const std::string& body) { return river_.json("8x8-number-masking", body); }
  std::string all(std::string_view beginning) { return lines(river_, beginning); }
  /// "COUNT SUM" of the account.
  std::string total(const std::string& metric, const std::string& account = "acme_sg") {
    const auto value = [&](const std::string& suffix) {
      const std::string line = all("telephony_" + metric + suffix + "{account=\"" + account + '"');
      return line.empty() ? std::string("none")
                          : line.substr(line.find("} ") + 2, line.size() - line.find("} ") - 3);
    };
    return value("_count") + ' ' + value("_sum");
  }
  double value(const std::string& series) {
    const auto found = samples(river_.calls());
    const auto at = found.find(series + R"(product="number_masking",provider="8x8"})");
    return at == found.end() ? -1 : at->second;
  }
  double rejected(const std::string& field) {
    return value("telephony_call_values_rejected_total{field=\"" + field + "\",");
  }
  double skewed() { return value("telephony_events_from_the_future_total{"); }

  River river_{shipped_settings()};
};

TEST_F(Calls, EachLegIsASampleInTheBucketThatHoldsIt) {
  post(summary_of("s1", R"("details":{
      "callA":{"callDuration":30,"callQuality":{"mos":4.34,"packetLossRate":0,"jitter":20}},
      "callB":{"callDuration":31,"callQuality":{"mos":3.2,"packetLossRate":2,"jitter":21}}})"));
  EXPECT_EQ(total("call_duration_seconds"), "2 61");
  EXPECT_EQ(all("telephony_call_mos_bucket"),
            "telephony_call_mos_bucket{account=\"acme_sg\",le=\"2\"} 0\n"
            "telephony_call_mos_bucket{account=\"acme_sg\",le=\"2.58\"} 0\n"
            "telephony_call_mos_bucket{account=\"acme_sg\",le=\"3.1\"} 0\n"
            "telephony_call_mos_bucket{account=\"acme_sg\",le=\"3.6\"} 1\n"
            "telephony_call_mos_bucket{account=\"acme_sg\",le=\"4.03\"} 1\n"
            "telephony_call_mos_bucket{account=\"acme_sg\",le=\"4.34\"} 2\n"
            "telephony_call_mos_bucket{account=\"acme_sg\",le=\"4.5\"} 2\n"
            "telephony_call_mos_bucket{account=\"acme_sg\",le=\"+Inf\"} 2\n");
  EXPECT_EQ(total("call_packet_loss_ratio"), "2 0.02");
  EXPECT_EQ(total("call_jitter_seconds"), "2 0.041");
  EXPECT_EQ(total("call_setup_seconds"), "none none") << "nothing was said of it";
  EXPECT_EQ(all("# TYPE telephony_call_mos "), "# TYPE telephony_call_mos histogram\n");
}

TEST_F(Calls, ADuplicateIsObservedOnce) {
  const std::string body = summary_of("s1", leg_of(R"("callDuration":30)"));
  post(body);
  EXPECT_EQ(post(body).duplicate, 1U);
  EXPECT_EQ(total("call_duration_seconds"), "1 30");
}

TEST_F(Calls, AnEventInProgressIsIgnoredAndNotObserved) {
  const Receipt receipt =
      post(R"({"eventType":"CALL_STATUS","payload":{"eventId":"e","callId":"c","sessionId":"s",
                                   "callStatus":"CALL_CONNECTED","timestamp":"2023-11-14T22:13:18Z"}})");
  EXPECT_EQ(summary(receipt), "ignored 1");
  EXPECT_EQ(all("telephony_event_lag_seconds"), "");
}

TEST_F(Calls, AccountsAreThoseOfTheLedger) {
  post(summary_of("s1", leg_of(R"("callDuration":30)"), "+12025550123"));
  post(summary_of("s2", leg_of(R"("callDuration":40)"), ""));
  EXPECT_EQ(total("call_duration_seconds", "other"), "1 30") << "a phone number is no account";
  EXPECT_EQ(total("call_duration_seconds", ""), "1 40");
}

TEST_F(Calls, LagIsTheTimeOnTheWay) {
  post(summary_of("s1", R"("endTime":"2023-11-14T22:13:18.5Z")"));
  EXPECT_EQ(total("event_lag_seconds"), "1 1.5");
  EXPECT_EQ(skewed(), 0);
}

TEST_F(Calls, AClockThatIsAheadCountsAsNoLag) {
  post(summary_of("s1", R"("endTime":"2023-11-14T22:13:21Z")"));
  post(summary_of("s2", R"("endTime":"2199-12-31T23:59:59Z")"));
  EXPECT_EQ(total("event_lag_seconds"), "2 0");
  EXPECT_EQ(skewed(), 2);
}

TEST_F(Calls, WhatCannotBeIsCountedAndLeftOut) {
  EXPECT_EQ(rejected("mos"), 0) << "from the first page";
  post(summary_of("s1",
                  R"("endTime":"0001-01-01T00:00:00Z",)" +
                      leg_of(R"("callDuration":-5,"callQuality":{"mos":9,"packetLossRate":300,"jitter":-1},
                                      "initiatedTimestamp":"2023-11-14T22:13:18Z",
                                      "connectedTimestamp":"2023-11-14T22:13:17Z")")));
  for (const char* field : {"duration", "setup", "mos", "loss", "jitter", "occurred"}) {
    EXPECT_EQ(rejected(field), 1) << field;
  }
  EXPECT_EQ(all("telephony_call_duration"), "");
  EXPECT_EQ(all("telephony_event_lag"), "");
  EXPECT_EQ(river_.page().find("NaN"), std::string::npos);
}

TEST_F(Calls, AreRenderedAsTheyAreCollected) {
  expect_rendered_as_collected(river_.calls());
  post(summary_of("s1", R"("endTime":"2199-12-31T23:59:59Z",)" + leg_of(R"("callDuration":30)")));
  post(summary_of("s2", leg_of(R"("callDuration":-5,"callQuality":{"mos":4.1})"), "other\\ \"account\""));
  expect_rendered_as_collected(river_.calls());
}

TEST_F(Calls, AReloadShowsOtherStreams) {
  const TestDirectory directory;
  const std::string other = directory.write(
      "other.yml",
      "providers: [" SOURCE_DIRECTORY
      "/config/providers/synthflow.yml]\n"
      "sources:\n"
      "  - {name: calls, provider: synthflow, product: voice, webhook: {path: /c, auth: none}}\n");
  EXPECT_EQ(rejected("mos"), 0);
  river_.reload(load_settings(other, shipped_settings()->table));
  EXPECT_EQ(rejected("mos"), -1);
  expect_rendered_as_collected(river_.calls());
  river_.reload(load_settings(SOURCE_DIRECTORY "/config/telephony_exporter.yml", shipped_settings()->table));
  EXPECT_EQ(rejected("mos"), 0);
  expect_rendered_as_collected(river_.calls());
}

TEST_F(Calls, AReloadKeepsWhatWasObserved) {
  post(summary_of("s1", leg_of(R"("callDuration":30)")));
  river_.reload(load_settings(SOURCE_DIRECTORY "/config/telephony_exporter.yml", shipped_settings()->table));
  EXPECT_EQ(total("call_duration_seconds"), "1 30");
}

TEST_F(Calls, ManyAccountsShareOneSeries) {
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    post(summary_of("s" + n, leg_of(R"("callDuration":30)"), "account_" + n));
  }
  const std::string sums = all("telephony_call_duration_seconds_sum");
  EXPECT_EQ(std::count(sums.begin(), sums.end(), '\n'),
            static_cast<std::ptrdiff_t>(shipped_settings()->accounts_max) + 1);
}

}  // namespace
}  // namespace telephony
