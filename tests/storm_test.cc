// The shipped binary in storms: killed again and again, reloaded again and again, always under load.
#include "storm.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <random>

namespace telephony {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kEventsPerSecond = 500;

std::ostream& operator<<(std::ostream& out, const StormFigures& f) {
  return out << f.events << " events in " << f.requests << " requests, " << f.redeliveries
             << " redeliveries, " << f.unanswered << " unanswered of which " << f.committed_unanswered
             << " were committed, " << f.counted_twice << " counted twice";
}

class StormTest : public ::testing::Test {
 protected:
  StormTest() {
    start_.binary = SHIPPED_BINARY;
    start_.web_address = "127.0.0.1:" + std::to_string(ports_.web);
    start_.ingest_address = "127.0.0.1:" + std::to_string(ports_.ingest);
    start_.journal = directory_.path() + "/journal.db";
  }

  TemporaryDirectory directory_;
  Storm::Ports ports_{free_port(), free_port()};
  Start start_;
};

TEST_F(StormTest, NothingIsLostAndNothingCountsTwiceThroughKills) {
  const int kills = repetitions("TELEPHONY_SOAK_KILLS", 50);
  std::mt19937 random(2010);
  Storm storm(ports_, kEventsPerSecond);
  for (int i = 0; i < kills; ++i) {
    Exporter exporter(start_);
    std::this_thread::sleep_for(milliseconds(50 + random() % 450));  // a life is as long as it is
    exporter.process().signal(SIGKILL);
    ASSERT_EQ(exporter.process().wait(seconds(10)), 128 + SIGKILL);
  }
  StormFigures truth;
  {
    Exporter last(start_);
    truth = storm.calm();
    expect_exact(last.metrics(), truth);
    expect_conserved(last.metrics());
    EXPECT_EQ(last.stop(), 0);
  }
  Exporter again(start_);
  expect_exact(again.metrics(), truth);
  EXPECT_EQ(again.metric("telephony_exporter_journal_quarantined_timestamp_seconds"), 0);
  EXPECT_THAT(storm.falls(), ::testing::IsEmpty());
  EXPECT_GT(storm.scrapes(), static_cast<std::uint64_t>(kills));
  EXPECT_GT(truth.unanswered, 0U) << "no kill ever hit a request";
  std::cout << "kill storm: " << kills << " kills, " << storm.scrapes() << " scrapes; " << truth << '\n';
}

class ReloadStormTest : public StormTest {
 protected:
  ReloadStormTest() {
    catalog_ = read_text_file(SOURCE_DIRECTORY "/config/providers/8x8.yml");
    start_.configuration = directory_.path() + "/exporter.yml";
  }

  /// Variants that differ in what they say of the codes, in limits and in accounts; every tenth is bad.
  bool write(int number) const {
    std::string catalog = catalog_;
    if (number % 2 == 1) {
      for (std::size_t at = 0; (at = catalog.find("severity: critical", at)) != catalog.npos;) {
        catalog.replace(at, 18, "severity: warning");
      }
    }
    const bool good = number % 10 != 9;
    if (!good && number % 20 == 9) catalog.resize(catalog.size() / 2);
    directory_.write("8x8.yml", catalog);
    directory_.write("exporter.yml",
                     "providers: [8x8.yml]\naccounts: {max: " + std::to_string(5 + number % 7) +
                         "}\njournal: {sync: " + (number % 3 == 0 ? "normal" : "full") +
                         (good ? "" : ", sink: full") +
                         "}\nsources:\n"
                         "  - {name: nm, provider: 8x8, product: number_masking,\n"
                         "     webhook: {path: /webhooks/8x8/number-masking, auth: none}}\n");
    return good;
  }

 private:
  std::string catalog_;
};

TEST_F(ReloadStormTest, NothingIsLostAndNothingIsReset) {
  const int reloads = repetitions("TELEPHONY_SOAK_RELOADS", 200);
  write(0);
  Exporter exporter(start_);
  Storm storm(ports_, kEventsPerSecond);
  int refused = 0;
  for (int i = 1; i <= reloads; ++i) {
    const bool good = write(i);
    const Answer answer = exporter.reload();
    EXPECT_EQ(answer.status == 200, good) << i << ": " << answer.status << ' ' << answer.body;
    if (!good) ++refused;
    if (i % 25 == 0) EXPECT_EQ(exporter.metric("telephony_exporter_config_last_reload_successful"), good);
  }
  const StormFigures truth = storm.calm();
  expect_exact(exporter.metrics(), truth);
  expect_conserved(exporter.metrics());
  EXPECT_THAT(storm.falls(), ::testing::IsEmpty());
  EXPECT_EQ(truth.unanswered, 0U) << "a reload must not cost a request";
  std::cout << "reload storm: " << reloads << " reloads of which " << refused << " were refused, "
            << storm.scrapes() << " scrapes; " << truth << '\n';
}

}  // namespace
}  // namespace telephony
