// The fast way onto the page against the slow one, and both against prometheus-cpp's own serialiser.
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <random>
#include <sstream>

#include "settings_fixture.h"
#include "telephony_exporter/expose/exposition.h"
#include "telephony_exporter/hint/hints.h"
#include "telephony_exporter/record/hint_metrics.h"
#include "telephony_exporter/record/ledger.h"

namespace telephony {
namespace {

using prometheus::MetricFamily;

/// The same source, which does not say that it can write by itself.
class Plain : public prometheus::Collectable {
 public:
  explicit Plain(const prometheus::Collectable& source) : source_(source) {}
  std::vector<MetricFamily> Collect() const override { return source_.Collect(); }

 private:
  const prometheus::Collectable& source_;
};

// Codes and families that sort differently with and without the quotes behind them, and texts to escape.
std::string catalog_of(bool reloaded) {
  std::string text = R"(provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice, fax]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: lines, title: Lines, pattern: "2xx", unlisted: {category: capacity, severity: warning, retry: never}}
)";
  if (!reloaded)
    text +=
        "      - {name: access, title: Access, pattern: \"3xx\", unlisted: {category: authorization, "
        "severity: "
        "warning, retry: never}}\n";
  text += "    codes:\n";
  for (const std::string code : {"2", "20", "201", "21", "21!", "21#", "29"}) {
    if (reloaded && code == "21") continue;
    text += "      - {code: \"" + code + "\", reason: reason_" + (code.size() > 2 ? "long" : "short") +
            ", family: lines, category: " + (reloaded && code == "2" ? "media" : "capacity") +
            ", severity: " + (reloaded ? "warning" : "critical") +
            ", retry: {class: backoff, base: 30s, max: 10m}, message: \"A \\\"message\\\" of\\n " + code +
            " with \\\\\", meaning: m, remedy: Do something.}\n";
  }
  return text + "events:\n  - {kind: call, when: [/status], status: [/status]}\n";
}

constexpr const char* kMore =
    "  - {name: fax, provider: acme, product: fax, webhook: {path: /fax, auth: none}}\n"
    "accounts: {max: 12, allow: {acme: [vip, \"v\\\"i\\\\p\"]}}\n";

/// A ledger and hints that take random events.
class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) { adopt(false); }

  void adopt(bool reloaded) {
    settings_ = settings_of(directory_, catalog_of(reloaded), kMore, settings_ ? settings_.get() : nullptr);
    if (!ledger_) {
      ledger_ = std::make_unique<Ledger>(settings_);
      hints_ = std::make_unique<Hints>(settings_);
      hint_metrics_ = std::make_unique<HintMetrics>(*hints_, [this] { return now_; });
    }
    ledger_->adopt(settings_);
    hints_->adopt(settings_);
  }

  void post(int events) {
    static const std::vector<std::string> kAccounts = {
        "", "a", "a b", "a!", "a\"b", "z\\", "vip", "\xc3\xa9", "b", "c", "d", "e", "f", "g", "h", "i"};
    std::vector<Posting> batch;
    for (int i = 0; i < events; ++i) {
      const Source& source = settings_->sources[below(settings_->sources.size())];
      Posting posting;
      posting.stream = source.stream;
      posting.count = 1 + static_cast<std::uint32_t>(below(3));
      const std::uint32_t entry = static_cast<std::uint32_t>(below(source.series.size()));
      if (below(4) > 0 && source.space->entries[entry].counts) posting.error = source.series[entry];
      if (below(3) == 0) posting.session = static_cast<std::uint8_t>(below(kOutcomes));
      posting.account = kAccounts[below(kAccounts.size())];
      posting.duplicate = below(10) == 0;
      now_ += std::chrono::microseconds(below(5'000'000));
      posting.received = now_;
      batch.push_back(posting);
    }
    ledger_->admit(batch);
    ledger_->post(batch);
    hints_->post(batch);
  }

  std::string page(PageFormat format) const {
    const std::array<const prometheus::Collectable*, 2> sources = {ledger_.get(), hint_metrics_.get()};
    return exposition(sources, format);
  }
  std::string plain_page(PageFormat format) const {
    const Plain ledger(*ledger_), hints(*hint_metrics_);
    const std::array<const prometheus::Collectable*, 2> sources = {&ledger, &hints};
    return exposition(sources, format);
  }
  std::vector<MetricFamily> collect() const {
    auto all = ledger_->Collect();
    for (auto& family : hint_metrics_->Collect()) all.push_back(family);
    return all;
  }

  std::size_t below(std::size_t n) { return random_() % n; }
  Ledger& ledger() { return *ledger_; }
  const Settings& settings() const { return *settings_; }

 private:
  std::mt19937 random_;
  const TestDirectory directory_;
  WallTime now_{std::chrono::seconds(1'700'000'000)};
  std::shared_ptr<const Settings> settings_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Hints> hints_;
  std::unique_ptr<HintMetrics> hint_metrics_;
};

std::vector<std::string> lines_of(const std::string& page) {
  std::vector<std::string> lines;
  std::istringstream in(page);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The slow way does not know since when a counter has counted.
std::string without_created(const std::string& page) {
  std::string out;
  for (const std::string& line : lines_of(page)) {
    if (line.substr(0, line.find_first_of("{ ")).ends_with("_created")) continue;
    out += line + '\n';
  }
  return out;
}

TEST(RenderedPage, IsTheCollectedOneAfterRandomEventsAndReloads) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    Random random(seed);
    for (int step = 0; step < 8; ++step) {
      if (random.below(3) == 0) random.adopt(random.below(2) == 0);
      random.post(static_cast<int>(random.below(40)));
      ASSERT_EQ(random.page(PageFormat::text), random.plain_page(PageFormat::text)) << "seed " << seed;
      ASSERT_EQ(without_created(random.page(PageFormat::openmetrics)),
                without_created(random.plain_page(PageFormat::openmetrics)))
          << "seed " << seed;
    }
  }
}

TEST(RenderedPage, EveryCounterThatHasCountedSaysSinceWhen) {
  Random random(1);
  random.post(300);
  const auto lines = lines_of(random.page(PageFormat::openmetrics));
  int counters = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string name = lines[i].substr(0, lines[i].find('{'));
    if (!name.starts_with("telephony_") || !name.ends_with("_total")) continue;
    ++counters;
    const std::string labels = lines[i].substr(name.size(), lines[i].rfind("} ") + 2 - name.size());
    const std::string created = name.substr(0, name.size() - 6) + "_created" + labels;
    const bool counted = lines[i].substr(lines[i].rfind(' ')) != " 0";
    if (counted) EXPECT_TRUE(lines[i + 1].starts_with(created)) << lines[i];
    EXPECT_FALSE(lines[i + 1].ends_with(" 0") && lines[i + 1].starts_with(created)) << lines[i + 1];
  }
  EXPECT_GT(counters, 100);
}

TEST(RenderedPage, ACounterHasCountedSinceItsFirstEvent) {
  const TestDirectory directory;
  const auto settings = settings_of(directory, catalog_of(false), kMore);
  Ledger ledger(settings);
  History history{settings->table, {}, {}, {}, {}};
  const auto at = [](int seconds) {
    return WallTime(std::chrono::milliseconds(1'600'000'000'250 + 1000 * seconds));
  };
  const SeriesId series = settings->sources[0].series[0];
  history.errors = {{series, "a", 7, at(5), at(8)}, {series, "b", 1, at(9), at(9)}};
  ledger.restore(history);
  const prometheus::Collectable* source = &ledger;
  const std::string page = exposition({&source, 1}, PageFormat::openmetrics);
  const std::string labels =
      R"(category="capacity",code="2",product="voice",provider="acme",reason="reason_short",severity="critical"} )";
  EXPECT_NE(page.find("\ntelephony_account_errors_total{account=\"a\"," + labels +
                      "7\ntelephony_account_errors_created{account=\"a\"," + labels + "1600000005.25\n"),
            page.npos)
      << page;
  EXPECT_NE(page.find("\ntelephony_account_errors_created{account=\"b\"," + labels + "1600000009.25\n"),
            page.npos);
}

/// By series, the number as it is written.
std::map<std::string, std::string> samples_of(const std::string& page) {
  std::map<std::string, std::string> out;
  for (const std::string& line : lines_of(page)) {
    if (line.starts_with('#')) continue;
    const std::size_t at = line.rfind(' ');
    EXPECT_TRUE(out.emplace(line.substr(0, at), line.substr(at + 1)).second) << line;
  }
  return out;
}

TEST(RenderedPage, HasTheSamplesOfTheSerialiserOfPrometheusCpp) {
  Random random(7);
  random.post(500);
  auto families = random.collect();
  for (MetricFamily& family : families) {
    for (auto& metric : family.metric) std::sort(metric.label.begin(), metric.label.end());
  }
  const auto theirs = samples_of(prometheus::TextSerializer().Serialize(families));
  const auto ours = samples_of(random.page(PageFormat::text));
  // It writes 16 digits, the exporter as many as are read back as the same number, which may be 17.
  constexpr double kRounding = 1e-15;
  ASSERT_EQ(ours.size(), theirs.size());
  for (const auto& [series, value] : ours) {
    ASSERT_TRUE(theirs.contains(series)) << series;
    const std::string& other = theirs.at(series);
    const bool whole = value.find_first_not_of("0123456789") == value.npos;
    if (whole || value.size() <= 16) EXPECT_EQ(value, other) << series;
    EXPECT_NEAR(std::stod(value), std::stod(other), std::stod(value) * kRounding) << series;
  }
  EXPECT_GT(theirs.size(), 200U);
}

TEST(RenderedPage, AnExemplarStandsBehindItsErrorInOpenMetricsOnly) {
  Random random(3);
  Exemplars exemplars;
  exemplars.enable(true);
  random.ledger().show(exemplars);
  Posting posting;
  posting.stream = random.settings().sources[0].stream;
  posting.error = random.settings().sources[0].series[0];
  posting.session_id = "s\"1\\";
  posting.received = WallTime(std::chrono::milliseconds(1'700'000'000'125));
  random.ledger().post({&posting, 1});
  exemplars.note({&posting, 1});
  const std::string page = random.page(PageFormat::openmetrics);
  EXPECT_NE(page.find("severity=\"critical\"} 1 # {session_id=\"s\\\"1\\\\\"} 1 1700000000.125\n"), page.npos)
      << page;
  EXPECT_EQ(page.find("session_id"), page.rfind("session_id")) << "a session of another error";
  EXPECT_EQ(random.page(PageFormat::text).find("session_id"), page.npos);
}

TEST(RenderedPage, AnExemplarThatOpenMetricsDoesNotAllowIsLeftOut) {
  const auto rendered = [](std::string id) { return rendered_exemplar({std::move(id), WallTime()}); };
  EXPECT_EQ(rendered("s"), " # {session_id=\"s\"} 1 0");
  EXPECT_NE(rendered(std::string(118, 'x')), "");
  EXPECT_EQ(rendered(std::string(119, 'x')), "") << "128 characters of names and values";
  std::string accents;
  for (int i = 0; i < 118; ++i) accents += "\xc3\xa9";
  EXPECT_NE(rendered(accents), "") << "characters, not bytes";
  EXPECT_EQ(rendered("\xff"), "") << "not UTF-8";
}

TEST(Page, TimesHaveAsManyDigitsAsTheyNeed) {
  for (const std::int64_t micros :
       {0L, 999'999'999'999'999L, 1'000'000'000'000'000L, 1'098'765'432'109'876L, 9'999'999'999'000'000L,
        10'000'000'000'000'000L, 1'700'000'000'000'000L, 1'700'000'000'500'000L, 1'700'000'000'000'001L,
        1'700'000'000'099'010L, 1'700'000'000'999'999L, -1'500'000L, 253'402'300'799'999'000L}) {
    Page times(PageFormat::text), doubles(PageFormat::text);
    times.number(UnixMicros{micros});
    doubles.number(static_cast<double>(micros) / 1e6);
    EXPECT_EQ(std::move(times).text(), std::move(doubles).text()) << micros;
  }
}

TEST(Page, NothingOfTheOldOneStays) {
  for (const std::size_t old_bytes : {0UL, 10UL, 100UL, 50'000UL}) {
    for (const std::size_t room : {0UL, 100UL, 40'000UL, 100'000UL}) {
      Page page(PageFormat::text, room, std::string(old_bytes, 'o'));
      std::string expected;
      for (int i = 0; i < 1000; ++i) {
        page.put("p");
        page.sample("name{", "a=\"1\"} ", std::uint64_t{7});
        expected += "pname{a=\"1\"} 7\n";
      }
      EXPECT_EQ(std::move(page).text(), expected) << old_bytes << " " << room;
    }
  }
}

TEST(Page, WhatIsLongerThanABlockIsWrittenWhole) {
  Page page(PageFormat::text);
  std::string expected;
  for (const std::size_t bytes : {10UL, 16'383UL, 16'384UL, 16'385UL, 100'000UL, 1UL, 16'380UL}) {
    const std::string text(bytes, static_cast<char>('a' + bytes % 26));
    page.sample(text, "{} ", std::uint64_t{18'446'744'073'709'551'615U});
    expected += text + "{} 18446744073709551615\n";
  }
  EXPECT_EQ(std::move(page).text(), expected);
}

}  // namespace
}  // namespace telephony
