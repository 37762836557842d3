// The metrics' names of the exporter itself stand in this file only.
#include "telephony_exporter/record/exporter_metrics.h"

#include <algorithm>
#include <array>

#include "record/family.h"
#include "record/source_counters.h"

namespace telephony {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::MetricFamily;
using prometheus::MetricType;

prometheus::Family<Counter>& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
prometheus::Family<Gauge>& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

constexpr std::array<const char*, 4> kResults = {"counted", "duplicate", "ignored", "rejected"};
constexpr std::size_t kRejected = 3;
constexpr std::array<const char*, 2> kListeners = {"ingest", "web"};
constexpr std::size_t kStatuses = 1000;

double value_of(const std::atomic<std::uint64_t>& counter) {
  return static_cast<double>(counter.load(std::memory_order_relaxed));
}

}  // namespace

struct ExporterMetrics::Families {
  explicit Families(prometheus::Registry& r)
      : unlisted(counter(r, "telephony_exporter_unlisted_codes_total",
                         "Errors whose code or text the provider's catalog does not list.")),
        source_up(gauge(r, "telephony_exporter_source_up", "1 if the source can deliver.")),
        lag_seconds(gauge(r, "telephony_exporter_source_lag_seconds",
                          "How long the oldest input of the source that is not yet counted has waited.")),
        lag_bytes(gauge(r, "telephony_exporter_source_lag_bytes",
                        "How much input of the source is not yet counted.")),
        truncations(counter(r, "telephony_exporter_source_truncations_total",
                            "Files that were emptied or written anew while they were read.")),
        reload_ok(gauge(r, "telephony_exporter_config_last_reload_successful",
                        "1 if the configuration in force is the newest one tried.")
                      .Add({})),
        reload_time(gauge(r, "telephony_exporter_config_last_reload_success_timestamp_seconds",
                          "When the configuration in force was loaded, as a Unix time.")
                        .Add({})) {
    gauge(r, "telephony_exporter_build_info", "The version that is running; always 1.")
        .Add({{"version", TELEPHONY_VERSION}, {"compiler", __VERSION__}})
        .Set(1);
  }

  prometheus::Family<Counter>& unlisted;
  prometheus::Family<Gauge>& source_up;
  prometheus::Family<Gauge>& lag_seconds;
  prometheus::Family<Gauge>& lag_bytes;
  prometheus::Family<Counter>& truncations;
  Gauge& reload_ok;
  Gauge& reload_time;
};

struct ExporterMetrics::Counters {
  SourceCounters sources;
  alignas(64) std::atomic<std::uint64_t> queued = 0;
  /// By listener and status.
  struct alignas(64) Requests {
    std::array<std::atomic<std::uint64_t>, kStatuses> by_status{};
  };
  std::array<Requests, kListeners.size()> requests;
};

ExporterMetrics::ExporterMetrics(const Settings& settings, const Journal& journal, const Ledger& ledger)
    : journal_(journal),
      ledger_(ledger),
      families_(std::make_unique<Families>(registry_)),
      counters_(std::make_unique<Counters>()) {
  adopt(settings);
}

ExporterMetrics::~ExporterMetrics() = default;

void ExporterMetrics::forget_sources(const Settings& settings) {
  std::erase_if(sources_, [&](const std::string& name) {
    if (settings.source(name) != nullptr) return false;
    for (auto* gauges : {&families_->source_up, &families_->lag_seconds, &families_->lag_bytes}) {
      gauges->Remove(&gauges->Add({{"source", name}}));
    }
    return true;
  });
}

void ExporterMetrics::adopt(const Settings& settings) {
  const std::lock_guard lock(sources_mutex_);
  forget_sources(settings);
  for (const auto& catalog : settings.catalogs) families_->unlisted.Add({{"provider", catalog->provider}});
  for (const Source& source : settings.sources) {
    counters_->sources.make(source.id);
    counted_.emplace(source.name, source.id);
    families_->lag_seconds.Add({{"source", source.name}});
    families_->lag_bytes.Add({{"source", source.name}});
    families_->truncations.Add({{"source", source.name}});
    families_->source_up.Add({{"source", source.name}}).Set(1);
    if (std::find(sources_.begin(), sources_.end(), source.name) == sources_.end()) {
      sources_.push_back(source.name);
    }
  }
}

void ExporterMetrics::add(SourceId source, const Receipt& receipt, const RejectCounts& causes) {
  SourceCounts& counts = counters_->sources.of(source);
  raise(counts.received, receipt.received);
  raise(counts.results[0], receipt.counted);
  raise(counts.results[1], receipt.duplicate);
  raise(counts.results[2], receipt.ignored);
  raise(counts.results[kRejected], receipt.rejected);
  if (receipt.rejected == 0) return;
  for (std::size_t i = 0; i < kRejectCauses; ++i) raise(counts.causes[i], causes[i]);
}

void ExporterMetrics::unlisted(const std::string& provider, std::uint64_t times) {
  families_->unlisted.Add({{"provider", provider}}).Increment(static_cast<double>(times));
}

void ExporterMetrics::queued(std::size_t events) {
  counters_->queued.store(events, std::memory_order_relaxed);
}

void ExporterMetrics::http_request(Listener listener, int code) {
  raise(counters_->requests[static_cast<std::size_t>(listener)].by_status.at(static_cast<std::size_t>(code)),
        1);
}

void ExporterMetrics::source_lag(const std::string& source, bool up, double bytes, double seconds) {
  const std::lock_guard lock(sources_mutex_);
  if (std::find(sources_.begin(), sources_.end(), source) == sources_.end()) return;
  families_->source_up.Add({{"source", source}}).Set(up ? 1 : 0);
  families_->lag_bytes.Add({{"source", source}}).Set(bytes);
  families_->lag_seconds.Add({{"source", source}}).Set(seconds);
}

void ExporterMetrics::truncated(const std::string& source, std::uint64_t files) {
  if (files > 0) families_->truncations.Add({{"source", source}}).Increment(static_cast<double>(files));
}

SourceState ExporterMetrics::source_state(const std::string& source) const {
  const std::lock_guard lock(sources_mutex_);
  const auto found = counted_.find(source);
  if (found == counted_.end()) return {};
  const SourceCounts& counts = counters_->sources.of(found->second);
  return {families_->source_up.Add({{"source", source}}).Value() > 0, counts.received.load(),
          counts.results[kRejected].load()};
}

void ExporterMetrics::reloaded(bool ok, WallTime now) {
  families_->reload_ok.Set(ok ? 1 : 0);
  if (ok) families_->reload_time.Set(std::chrono::duration<double>(now.time_since_epoch()).count());
}

void ExporterMetrics::collect_sources(std::vector<MetricFamily>& families) const {
  MetricFamily received = metric_family("telephony_exporter_events_received_total", MetricType::Counter,
                                        "Events and lines that came in.");
  MetricFamily events = metric_family("telephony_exporter_events_total", MetricType::Counter,
                                      "What became of the events and lines that came in.");
  MetricFamily rejected = metric_family("telephony_exporter_rejected_total", MetricType::Counter,
                                        "Events and lines that were not believed, by cause.");
  const std::lock_guard lock(sources_mutex_);
  for (const auto& [source, id] : counted_) {
    const SourceCounts& counts = counters_->sources.of(id);
    add_sample(received, {{"source", source}}, value_of(counts.received));
    for (std::size_t i = 0; i < kResults.size(); ++i) {
      add_sample(events, {{"source", source}, {"result", kResults[i]}}, value_of(counts.results[i]));
    }
    for (std::size_t i = 0; i < kRejectCauses; ++i) {
      const std::string cause(name(static_cast<RejectCause>(i)));
      add_sample(rejected, {{"source", source}, {"cause", cause}}, value_of(counts.causes[i]));
    }
  }
  for (MetricFamily* family : {&received, &events, &rejected}) families.push_back(std::move(*family));
}

void ExporterMetrics::collect_requests(std::vector<MetricFamily>& families) const {
  MetricFamily requests = metric_family("telephony_exporter_http_requests_total", MetricType::Counter,
                                        "HTTP replies by listener and status code.");
  for (std::size_t listener = 0; listener < kListeners.size(); ++listener) {
    for (std::size_t code = 0; code < kStatuses; ++code) {
      const std::atomic<std::uint64_t>& count = counters_->requests[listener].by_status[code];
      if (count.load(std::memory_order_relaxed) == 0) continue;
      add_sample(requests, {{"listener", kListeners[listener]}, {"code", std::to_string(code)}},
                 value_of(count));
    }
  }
  if (!requests.metric.empty()) families.push_back(std::move(requests));
}

std::vector<MetricFamily> ExporterMetrics::Collect() const {
  std::vector<MetricFamily> families = registry_.Collect();
  collect_sources(families);
  collect_requests(families);
  families.push_back(single_metric("telephony_exporter_queue_events", MetricType::Gauge,
                                   "Events that wait to be committed.", value_of(counters_->queued)));
  const JournalStats stats = journal_.stats(std::chrono::system_clock::now());
  const auto add = [&](const char* name, MetricType type, const char* help, double value) {
    families.push_back(single_metric(name, type, help, value));
  };
  add("telephony_exporter_journal_healthy", MetricType::Gauge, "1 if the journal can commit.",
      stats.healthy ? 1 : 0);
  add("telephony_exporter_journal_commits_total", MetricType::Counter, "Batches that the journal committed.",
      static_cast<double>(stats.commits));
  add("telephony_exporter_journal_bytes", MetricType::Gauge, "Size of the journal on disk.",
      static_cast<double>(stats.bytes));
  add("telephony_exporter_journal_quarantined_timestamp_seconds", MetricType::Gauge,
      "When a damaged journal was last put aside, as a Unix time; 0 if none was.",
      stats.quarantined_timestamp);
  add("telephony_exporter_dedup_keys", MetricType::Gauge, "Events that a redelivery would be recognised of.",
      static_cast<double>(stats.dedup_keys));
  add("telephony_exporter_dedup_window_seconds", MetricType::Gauge,
      "How far back a redelivery would be recognised now.", stats.dedup_window_seconds);
  add("telephony_exporter_accounts", MetricType::Gauge, "Accounts with series of their own.",
      static_cast<double>(ledger_.accounts()));
  add("telephony_exporter_accounts_folded_total", MetricType::Counter,
      "Events whose account was counted as \"other\".", static_cast<double>(ledger_.accounts_folded()));
  MetricFamily commits = single_metric("telephony_exporter_journal_commit_seconds", MetricType::Summary,
                                       "Time spent in commits of the journal.", 0);
  commits.metric[0].summary.sample_count = stats.commits;
  commits.metric[0].summary.sample_sum = stats.commit_seconds;
  families.push_back(std::move(commits));
  return families;
}

}  // namespace telephony
