// How the exporter's metrics about itself come onto a page. What the registry does not hold is named here.
#include <iterator>

#include "record/exporter_state.h"

namespace telephony {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr FamilyHead kReceived = {"telephony_exporter_events_received_total", MetricType::Counter,
                                  "Events and lines that came in."};
constexpr FamilyHead kEvents = {"telephony_exporter_events_total", MetricType::Counter,
                                "What became of the events and lines that came in."};
constexpr FamilyHead kRejected = {"telephony_exporter_rejected_total", MetricType::Counter,
                                  "Events and lines that were not believed, by cause."};
constexpr FamilyHead kRequests = {"telephony_exporter_http_requests_total", MetricType::Counter,
                                  "HTTP replies by listener and status code."};
constexpr FamilyHead kQueued = {"telephony_exporter_queue_events", MetricType::Gauge,
                                "Events that wait to be committed."};
constexpr FamilyHead kHealthy = {"telephony_exporter_journal_healthy", MetricType::Gauge,
                                 "1 if the journal can commit."};
constexpr FamilyHead kCommits = {"telephony_exporter_journal_commits_total", MetricType::Counter,
                                 "Batches that the journal committed."};
constexpr FamilyHead kBytes = {"telephony_exporter_journal_bytes", MetricType::Gauge,
                               "Size of the journal on disk."};
constexpr FamilyHead kQuarantined = {
    "telephony_exporter_journal_quarantined_timestamp_seconds", MetricType::Gauge,
    "When a damaged journal was last put aside, as a Unix time; 0 if none was."};
constexpr FamilyHead kDedupKeys = {"telephony_exporter_dedup_keys", MetricType::Gauge,
                                   "Events that a redelivery would be recognised of."};
constexpr FamilyHead kDedupWindow = {"telephony_exporter_dedup_window_seconds", MetricType::Gauge,
                                     "How far back a redelivery would be recognised now."};
constexpr FamilyHead kAccounts = {"telephony_exporter_accounts", MetricType::Gauge,
                                  "Accounts with series of their own."};
constexpr FamilyHead kFolded = {"telephony_exporter_accounts_folded_total", MetricType::Counter,
                                "Events whose account was counted as \"other\"."};
constexpr FamilyHead kCommitSeconds = {"telephony_exporter_journal_commit_seconds", MetricType::Summary,
                                       "Time spent in commits of the journal."};

constexpr std::array<const char*, 4> kResults = {"counted", "duplicate", "ignored", "rejected"};
constexpr std::array<const char*, 2> kListeners = {"ingest", "web"};

}  // namespace

void ExporterMetrics::Shown::Samples::add(const FamilyHead& head, PageForm::Labels labels,
                                          std::function<double()> reader) {
  form.add(head, std::move(labels));
  readers.push_back(std::move(reader));
}

void ExporterMetrics::Shown::Samples::add(const FamilyHead& head, PageForm::Labels labels,
                                          const std::atomic<std::uint64_t>& counter) {
  add(head, std::move(labels),
      [&counter] { return static_cast<double>(counter.load(std::memory_order_relaxed)); });
}

template <typename Metric>
void ExporterMetrics::Shown::Samples::add(prometheus::Family<Metric>& family) {
  for (const MetricFamily& known : family.Collect()) {
    for (const auto& sample : known.metric) {
      std::map<std::string, std::string> labels;
      for (const auto& label : sample.label) labels.emplace(label.name, label.value);
      const Metric& metric = family.Add(labels);
      add({known.name, known.type, known.help}, sample.label, [&metric] { return metric.Value(); });
    }
  }
}

PageForm::Numbers ExporterMetrics::Shown::Samples::numbers() const {
  PageForm::Numbers numbers;
  numbers.reserve(readers.size());
  for (const auto& reader : readers) numbers.push_back(reader());
  return numbers;
}

ExporterMetrics::Shown::Shown(const ExporterMetrics& metrics)
    : replied(metrics.counters_->replied.load(std::memory_order_acquire)), metrics_(metrics) {
  add_registered();
  add_sources();
  add_requests();
  add_journal();
  others.add(kQueued, {}, metrics.counters_->queued);
  others.add(kAccounts, {}, [&ledger = metrics.ledger_] { return static_cast<double>(ledger.accounts()); });
  others.add(kFolded, {},
             [&ledger = metrics.ledger_] { return static_cast<double>(ledger.accounts_folded()); });
}

void ExporterMetrics::Shown::add_registered() {
  const Families& families = *metrics_.families_;
  registered.add(families.unlisted);
  registered.add(families.truncations);
  for (auto* family : {&families.source_up, &families.lag_seconds, &families.lag_bytes, &families.reload_ok,
                       &families.reload_time, &families.build_info}) {
    registered.add(*family);
  }
}

void ExporterMetrics::Shown::add_sources() {
  for (const auto& [source, id] : metrics_.counted_) {
    const SourceCounts& counts = metrics_.counters_->sources.of(id);
    others.add(kReceived, {{"source", source}}, counts.received);
    for (std::size_t i = 0; i < kResults.size(); ++i) {
      others.add(kEvents, {{"source", source}, {"result", kResults[i]}}, counts.results[i]);
    }
    for (std::size_t i = 0; i < kRejectCauses; ++i) {
      const std::string cause(name(static_cast<RejectCause>(i)));
      others.add(kRejected, {{"source", source}, {"cause", cause}}, counts.causes[i]);
    }
  }
}

void ExporterMetrics::Shown::add_requests() {
  for (std::size_t listener = 0; listener < kListeners.size(); ++listener) {
    for (std::size_t code = 0; code < Counters::kStatuses; ++code) {
      const auto& count = metrics_.counters_->requests[listener].by_status[code];
      if (count.load(std::memory_order_relaxed) == 0) continue;
      others.add(kRequests, {{"listener", kListeners[listener]}, {"code", std::to_string(code)}}, count);
    }
  }
}

void ExporterMetrics::Shown::add_journal() {
  const auto add = [this](const FamilyHead& head, auto JournalStats::*number) {
    others.add(head, {}, [this, number] { return static_cast<double>(journal_.*number); });
  };
  add(kHealthy, &JournalStats::healthy);
  add(kCommits, &JournalStats::commits);
  add(kBytes, &JournalStats::bytes);
  add(kQuarantined, &JournalStats::quarantined_timestamp);
  add(kDedupKeys, &JournalStats::dedup_keys);
  add(kDedupWindow, &JournalStats::dedup_window_seconds);
  add(kCommitSeconds, &JournalStats::commits);
  others.readers.emplace_back([this] { return journal_.commit_seconds; });
}

void ExporterMetrics::Shown::look_at_journal() {
  journal_ = metrics_.journal_.stats(std::chrono::system_clock::now());
}

/// The mutex must be held as long as it is used.
const ExporterMetrics::Shown& ExporterMetrics::shown() const {
  if (!shown_ || shown_->replied != counters_->replied.load(std::memory_order_acquire))
    shown_ = std::make_unique<Shown>(*this);
  shown_->look_at_journal();
  return *shown_;
}

std::vector<MetricFamily> ExporterMetrics::Collect() const {
  std::vector<MetricFamily> families = registry_.Collect();
  const std::lock_guard lock(sources_mutex_);
  const Shown::Samples& others = shown().others;
  auto more = others.form.collected(others.numbers());
  std::move(more.begin(), more.end(), std::back_inserter(families));
  return families;
}

std::vector<RenderedFamily> ExporterMetrics::rendered(PageFormat format) const {
  const std::lock_guard lock(sources_mutex_);
  const Shown& now = shown();
  auto families = now.registered.form.rendered(format, now.registered.numbers());
  auto more = now.others.form.rendered(format, now.others.numbers());
  std::move(more.begin(), more.end(), std::back_inserter(families));
  return families;
}

}  // namespace telephony
