// Counters by number: whoever reloads, every one goes on under its own name.
#include "telephony_exporter/record/exporter_metrics.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <random>
#include <thread>

#include "collected.h"
#include "river_fixture.h"

namespace telephony {
namespace {

const char* const kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: all, title: All, pattern: 1xx, unlisted: {category: unknown, severity: warning, retry: never}}
    codes:
      - {code: "101", reason: one, family: all, category: request, severity: warning, retry: never, message: One,
         meaning: m, remedy: r}
events:
  - {kind: call, when: [/code], code: [/code]}
)";

std::string source(const std::string& name) {
  return "  - {name: " + name + ", provider: acme, product: voice, webhook: {path: /" + name +
         ", auth: none}}\n";
}

class ExporterMetricsTest : public testing::Test {
 protected:
  void reload(const std::vector<std::string>& names) {
    std::string more;
    for (const std::string& name : names) more += source(name);
    settings_ = settings_of(directory_, kCatalog, more, settings_.get());
    metrics_.adopt(*settings_);
  }
  void count(const std::string& name, std::uint64_t counted, std::uint64_t rejected) {
    RejectCounts causes{};
    causes[static_cast<std::size_t>(RejectCause::bad_code)] = rejected;
    Receipt receipt;
    receipt.received = counted + rejected;
    receipt.counted = counted;
    receipt.rejected = rejected;
    metrics_.add(settings_->source(name)->id, receipt, causes);
    counted_[name] += counted;
    rejected_[name] += rejected;
  }
  void expect_all() {
    const auto page = samples(metrics_);
    for (const auto& [name, counted] : counted_) {
      const std::string label = "source=\"" + name + "\"}";
      const auto rejected = static_cast<double>(rejected_[name]);
      EXPECT_EQ(page.at("telephony_exporter_events_received_total{" + label),
                static_cast<double>(counted) + rejected);
      EXPECT_EQ(page.at("telephony_exporter_events_total{result=\"counted\"," + label),
                static_cast<double>(counted));
      EXPECT_EQ(page.at("telephony_exporter_events_total{result=\"rejected\"," + label), rejected);
      EXPECT_EQ(page.at("telephony_exporter_rejected_total{cause=\"bad_code\"," + label), rejected);
      EXPECT_EQ(page.at("telephony_exporter_rejected_total{cause=\"malformed\"," + label), 0);
      EXPECT_EQ(metrics_.source_state(name).rejected, rejected_[name]);
    }
  }

  TestDirectory directory_;
  std::shared_ptr<const Settings> settings_ = settings_of(directory_, kCatalog);
  std::unique_ptr<Journal> journal_ = make_memory_journal();
  Ledger ledger_{settings_};
  ExporterMetrics metrics_{*settings_, *journal_, ledger_};
  std::map<std::string, std::uint64_t> counted_, rejected_;
};

TEST_F(ExporterMetricsTest, KeepCountingUnderTheirNamesOverReloads) {
  std::mt19937 random(7);
  std::vector<std::string> all;
  for (int i = 0; i < 20; ++i) all.push_back("source" + std::to_string(i));
  for (int round = 0; round < 12; ++round) {
    std::shuffle(all.begin(), all.end(), random);
    const std::vector<std::string> some(all.begin(),
                                        all.begin() + static_cast<std::ptrdiff_t>(random() % 20));
    reload(some);
    count("calls", 1, 2);
    for (const std::string& name : some) count(name, random() % 5, random() % 3);
    expect_all();
  }
}

TEST_F(ExporterMetricsTest, CountWhileSourcesAreAdded) {
  const SourceId calls = settings_->source("calls")->id;
  std::atomic<bool> stop = false;
  std::uint64_t raised = 0;
  std::thread other([&] {
    for (; !stop || raised < 1000; ++raised)
      metrics_.add(calls, {.received = 1, .counted = 1, .rejects = {}}, {});
  });
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) {
    names.push_back("source" + std::to_string(i));
    reload(names);
    samples(metrics_);
  }
  stop = true;
  other.join();
  EXPECT_EQ(samples(metrics_).at("telephony_exporter_events_total{result=\"counted\",source=\"calls\"}"),
            static_cast<double>(raised));
}

TEST_F(ExporterMetricsTest, CountRepliesByListenerAndStatusOnceThereAreSome) {
  const std::string name = "telephony_exporter_http_requests_total";
  for (const auto& [series, value] : samples(metrics_)) EXPECT_FALSE(series.starts_with(name)) << series;
  metrics_.http_request(Listener::ingest, 200);
  metrics_.http_request(Listener::ingest, 200);
  metrics_.http_request(Listener::web, 503);
  const auto page = samples(metrics_);
  EXPECT_EQ(page.at(name + "{code=\"200\",listener=\"ingest\"}"), 2);
  EXPECT_EQ(page.at(name + "{code=\"503\",listener=\"web\"}"), 1);
}

TEST_F(ExporterMetricsTest, AreRenderedAsTheyAreCollected) {
  const Collected collected(metrics_);
  std::mt19937 random(11);
  const auto some_sources = [&] {
    std::vector<std::string> names;
    for (int i = 0; i < 6; ++i) {
      if (random() % 2 == 0) names.push_back("source" + std::to_string(i));
    }
    return names;
  };
  std::vector<std::string> names;
  for (int round = 0; round < 200; ++round) {
    if (round % 5 == 0) reload(names = some_sources());
    names.emplace_back("calls");
    const std::string& name = names[random() % names.size()];
    count(name, random() % 5, random() % 3);
    metrics_.http_request(random() % 2 == 0 ? Listener::ingest : Listener::web,
                          200 + static_cast<int>(random() % 100));
    metrics_.source_lag(name, random() % 2 == 0, static_cast<double>(random()), 1.0 / (1.0 + random() % 100));
    metrics_.truncated(name, random() % 2);
    metrics_.unlisted("acme", random() % 3);
    metrics_.queued(random() % 100);
    metrics_.reloaded(random() % 2 == 0, WallTime(std::chrono::milliseconds(random())));
    for (const PageFormat format : {PageFormat::text, PageFormat::openmetrics}) {
      // How far the window reaches back changes with the time.
      const auto without_window = [](std::string page) {
        const auto at = page.find("\ntelephony_exporter_dedup_window_seconds ") + 1;
        return page.erase(at, page.find('\n', at) - at);
      };
      ASSERT_EQ(without_window(page_of(metrics_, format)), without_window(page_of(collected, format)));
    }
  }
}

TEST_F(ExporterMetricsTest, WhatIsRenderedOutlivesAReload) {
  reload({"gone"});
  metrics_.source_lag("gone", true, 7, 7);
  const std::vector<RenderedFamily> families = metrics_.rendered(PageFormat::text);
  reload({});
  metrics_.rendered(PageFormat::text);
  Page page(PageFormat::text);
  for (const RenderedFamily& family : families) family.write(page);
  EXPECT_NE(std::move(page).text().find("telephony_exporter_source_lag_bytes{source=\"gone\"} 7\n"),
            std::string::npos);
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

TEST(ProcessMetrics, TellWhatTheSystemTells) {
  const double before = cpu_seconds();
  const auto found = samples(ProcessMetrics());
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  constexpr double kMicrosecond = 1e-6, kTick = 0.01, kSecond = 1;
  EXPECT_GE(found.at("process_cpu_seconds_total{}"), before - kMicrosecond);
  EXPECT_LE(found.at("process_cpu_seconds_total{}"), cpu_seconds() + kMicrosecond);
  EXPECT_LE(found.at("process_start_time_seconds{}"), now + kSecond + kTick);
  EXPECT_GE(found.at("process_start_time_seconds{}"), now - 3600);
  EXPECT_GE(found.at("process_resident_memory_bytes{}"), 1'000'000);
  EXPECT_GE(found.at("process_virtual_memory_bytes{}"), found.at("process_resident_memory_bytes{}"));
  const std::vector<char> more(100'000'000);
  EXPECT_GE(samples(ProcessMetrics()).at("process_virtual_memory_bytes{}"),
            found.at("process_virtual_memory_bytes{}") + static_cast<double>(more.size()));
}

TEST(ProcessMetrics, HasTheFamiliesThatItCollects) {
  const ProcessMetrics metrics;
  const Collected collected(metrics);
  const auto names = [](const std::string& page) {
    std::string out;
    for (std::size_t at = 0; at < page.size(); at = page.find('\n', at) + 1)
      out += page.substr(at, page.find(page[at] == '#' ? '\n' : ' ', at) - at) + '\n';
    return out;
  };
  for (const PageFormat format : {PageFormat::text, PageFormat::openmetrics})
    EXPECT_EQ(names(page_of(metrics, format)), names(page_of(collected, format)));
  EXPECT_NE(page_of(metrics, PageFormat::text).find("\nprocess_resident_memory_bytes "), std::string::npos);
}

}  // namespace
}  // namespace telephony
