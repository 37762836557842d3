// The middle of the river over a memory journal. However it is used, nothing received may go uncounted.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "settings_fixture.h"
#include "telephony_exporter/expose/exposition.h"
#include "telephony_exporter/pipeline/pipeline.h"
#include "telephony_exporter/record/hint_metrics.h"

namespace telephony {

inline Receipt& operator+=(Receipt& sum, const Receipt& more) {
  sum.received += more.received;
  sum.counted += more.counted;
  sum.duplicate += more.duplicate;
  sum.ignored += more.ignored;
  sum.rejected += more.rejected;
  sum.unavailable = sum.unavailable || more.unavailable;
  sum.rejects.insert(sum.rejects.end(), more.rejects.begin(), more.rejects.end());
  return sum;
}

/// The value of every sample of the families, by `name{label="value",...}` as on the page.
inline std::map<std::string, double> samples(const prometheus::Collectable& source) {
  std::map<std::string, double> out;
  for (const auto& family : source.Collect()) {
    for (const auto& metric : family.metric) {
      auto sorted = metric.label;
      std::sort(sorted.begin(), sorted.end());
      std::string labels;
      for (const auto& label : sorted) {
        labels += (labels.empty() ? "" : ",") + label.name + "=\"" + label.value + '"';
      }
      const bool counter = family.type == prometheus::MetricType::Counter;
      const double value = counter ? metric.counter.value : metric.gauge.value;
      const bool added = out.emplace(family.name + '{' + labels + '}', value).second;
      EXPECT_TRUE(added) << "two samples of one series: " << family.name << '{' << labels << '}';
    }
  }
  return out;
}

class River {
 public:
  explicit River(std::shared_ptr<const Settings> settings, std::unique_ptr<Journal> journal = nullptr,
                 Pipeline::Commits commits = Pipeline::Commits::each)
      : settings_(std::move(settings)),
        journal_(journal ? std::move(journal) : make_memory_journal()),
        ledger_(settings_),
        hints_(settings_),
        metrics_(*settings_, *journal_, ledger_),
        calls_(settings_),
        trunks_(settings_, ledger_, [this] { return clock.now(); }),
        log_(LogLevel::debug, LogFormat::logfmt, [this](std::string_view line) { log_text_ += line; }),
        pipeline_({*journal_, ledger_, hints_, metrics_, calls_, unlisted_, log_, &trunks_, &exemplars_},
                  commits, [this] { return clock.now(); }) {
    exemplars_.enable(settings_->exemplar_session_ids);
    journal_->adopt(settings_);
  }
  /// Goes on where a journal left off; the settings' series must be numbered by its history.
  River(std::shared_ptr<const Settings> settings, OpenJournal open)
      : River(std::move(settings), std::move(open.journal)) {
    ledger_.restore(open.history);
    hints_.restore(open.history.hints);
  }
  River(const River&) = delete;
  River& operator=(const River&) = delete;
  ~River() { check_nothing_lost(); }

  Receipt post(std::string_view source, const RawEvent& raw) {
    const Source* found = settings_->source(source);
    if (found == nullptr) throw std::invalid_argument("no source " + std::string(source));
    Receipt given;
    int replies = 0;
    pipeline_.accept(*found, raw, [&](const Receipt& receipt) {
      given = receipt;
      ++replies;
    });
    EXPECT_EQ(replies, 1);
    EXPECT_EQ(given.received, given.counted + given.duplicate + given.ignored + given.rejected);
    total_ += given;
    check_nothing_lost();
    return given;
  }
  void refuse(std::string_view source, RejectCause cause) {
    pipeline_.refuse(*settings_->source(source), cause);
    ++total_.received;
    ++total_.rejected;
    check_nothing_lost();
  }
  /// For what went to the pipeline past `post`, from threads that have ended.
  void saw(const Receipt& receipt) { total_ += receipt; }

  Receipt post(std::string_view source, BodyFormat format, std::string_view body) {
    RawEvent raw;
    raw.format = format;
    raw.body = body;
    return post(source, raw);
  }
  Receipt json(std::string_view source, std::string_view body) {
    return post(source, BodyFormat::json, body);
  }
  Receipt form(std::string_view source, std::string_view body) {
    return post(source, BodyFormat::form, body);
  }
  Receipt text(std::string_view source, std::string_view body) {
    return post(source, BodyFormat::text, body);
  }

  /// Every domain counter that is not 0, without its provider and product, as
  /// "CODE REASON FAMILY CATEGORY SEVERITY = N" or "session OUTCOME = N".
  std::vector<std::string> counted() const {
    std::vector<std::string> out;
    for (const auto& family : ledger_.Collect()) {
      const bool errors = family.name == "telephony_errors_total";
      if (!errors && family.name != "telephony_sessions_total") continue;
      for (const auto& metric : family.metric) {
        if (metric.counter.value == 0) continue;
        std::string line = errors ? "" : "session ";
        for (const auto& label : metric.label) {
          if (label.name != "provider" && label.name != "product") line += label.value + ' ';
        }
        out.push_back(line + "= " + std::to_string(static_cast<long>(metric.counter.value)));
      }
    }
    return out;
  }

  std::string page() const {
    const HintMetrics hints(hints_, [this] { return clock.now(); });
    const std::array<const prometheus::Collectable*, 4> sources = {&ledger_, &hints, &metrics_, &calls_};
    return exposition(sources);
  }

  /// Every wait that was raised, as it would be at one moment that is always the same.
  std::string raised() const {
    std::string out;
    for (const RaisedHint& hint : hints_.numbers(TestClock().now()).raised) {
      out +=
          std::to_string(hint.series) + ' ' + hint.account + ' ' + std::to_string(hint.after.count()) + '\n';
    }
    return out;
  }

  void reload(std::shared_ptr<const Settings> settings) {
    ledger_.adopt(settings);
    hints_.adopt(settings);
    metrics_.adopt(*settings);
    trunks_.adopt(settings);
    calls_.adopt(settings);
    exemplars_.enable(settings->exemplar_session_ids);
    journal_->adopt(settings);
    settings_ = std::move(settings);
  }

  const std::string& log_text() const { return log_text_; }
  const Settings& settings() const { return *settings_; }
  const Receipt& total() const { return total_; }
  Ledger& ledger() { return ledger_; }
  Hints& hints() { return hints_; }
  ExporterMetrics& metrics() { return metrics_; }
  const CallMetrics& calls() const { return calls_; }
  Journal& journal() { return *journal_; }
  const Exemplars& exemplars() const { return exemplars_; }
  TrunkMetrics& trunks() { return trunks_; }
  UnlistedCodes& unlisted() { return unlisted_; }
  Pipeline& pipeline() { return pipeline_; }

  TestClock clock;

 private:
  /// The receipts and the exporter's own counters tell the same story, and it adds up.
  void check_nothing_lost() const {
    std::map<std::string, std::uint64_t> sum;
    for (const auto& family : metrics_.Collect()) {
      for (const auto& metric : family.metric) {
        std::string key = family.name;
        for (const auto& label : metric.label) {
          if (label.name == "result") key += ' ' + label.value;
        }
        sum[key] += static_cast<std::uint64_t>(metric.counter.value);
      }
    }
    const std::string events = "telephony_exporter_events_total ";
    EXPECT_EQ(sum["telephony_exporter_events_received_total"], total_.received);
    EXPECT_EQ(sum[events + "counted"], total_.counted);
    EXPECT_EQ(sum[events + "duplicate"], total_.duplicate);
    EXPECT_EQ(sum[events + "ignored"], total_.ignored);
    EXPECT_EQ(sum[events + "rejected"], total_.rejected);
    EXPECT_EQ(sum["telephony_exporter_rejected_total"], total_.rejected);
    EXPECT_EQ(total_.received, total_.counted + total_.duplicate + total_.ignored + total_.rejected);
  }

  std::shared_ptr<const Settings> settings_;
  std::unique_ptr<Journal> journal_;
  Ledger ledger_;
  Hints hints_;
  ExporterMetrics metrics_;
  CallMetrics calls_;
  TrunkMetrics trunks_;
  Exemplars exemplars_;
  UnlistedCodes unlisted_;
  std::string log_text_;
  Log log_;
  Pipeline pipeline_;
  Receipt total_;
};

/// "counted 1", "duplicate 2, rejected 1", ...: what is not 0.
inline std::string summary(const Receipt& receipt) {
  std::string out;
  const auto add = [&](const char* what, std::uint64_t n) {
    if (n > 0) out += (out.empty() ? "" : ", ") + std::string(what) + ' ' + std::to_string(n);
  };
  add("counted", receipt.counted);
  add("duplicate", receipt.duplicate);
  add("ignored", receipt.ignored);
  add("rejected", receipt.rejected);
  return out;
}

}  // namespace telephony
