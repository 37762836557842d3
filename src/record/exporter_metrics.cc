// The metrics' names of the exporter itself stand in this file only.
#include "telephony_exporter/record/exporter_metrics.h"

#include <algorithm>
#include <array>

#include "record/family.h"

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

}  // namespace

struct ExporterMetrics::Families {
  explicit Families(prometheus::Registry& r)
      : received(counter(r, "telephony_exporter_events_received_total", "Events and lines that came in.")),
        events(counter(r, "telephony_exporter_events_total",
                       "What became of the events and lines that came in.")),
        rejected(counter(r, "telephony_exporter_rejected_total",
                         "Events and lines that were not believed, by cause.")),
        unlisted(counter(r, "telephony_exporter_unlisted_codes_total",
                         "Errors whose code or text the provider's catalog does not list.")),
        source_up(gauge(r, "telephony_exporter_source_up", "1 if the source can deliver.")),
        lag_seconds(gauge(r, "telephony_exporter_source_lag_seconds",
                          "How long the oldest input of the source that is not yet counted has waited.")),
        lag_bytes(gauge(r, "telephony_exporter_source_lag_bytes",
                        "How much input of the source is not yet counted.")),
        truncations(counter(r, "telephony_exporter_source_truncations_total",
                            "Files that were emptied or written anew while they were read.")),
        queued(gauge(r, "telephony_exporter_queue_events", "Events that wait to be committed.").Add({})),
        requests(counter(r, "telephony_exporter_http_requests_total",
                         "HTTP replies by listener and status code.")),
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

  prometheus::Family<Counter>& received;
  prometheus::Family<Counter>& events;
  prometheus::Family<Counter>& rejected;
  prometheus::Family<Counter>& unlisted;
  prometheus::Family<Gauge>& source_up;
  prometheus::Family<Gauge>& lag_seconds;
  prometheus::Family<Gauge>& lag_bytes;
  prometheus::Family<Counter>& truncations;
  Gauge& queued;
  prometheus::Family<Counter>& requests;
  Gauge& reload_ok;
  Gauge& reload_time;
};

ExporterMetrics::ExporterMetrics(const Settings& settings, const Journal& journal, const Ledger& ledger)
    : journal_(journal), ledger_(ledger), families_(std::make_unique<Families>(registry_)) {
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
    families_->received.Add({{"source", source.name}});
    for (const char* result : kResults) families_->events.Add({{"source", source.name}, {"result", result}});
    for (std::size_t i = 0; i < kRejectCauses; ++i) {
      families_->rejected.Add(
          {{"source", source.name}, {"cause", std::string(name(static_cast<RejectCause>(i)))}});
    }
    families_->lag_seconds.Add({{"source", source.name}});
    families_->lag_bytes.Add({{"source", source.name}});
    families_->truncations.Add({{"source", source.name}});
    families_->source_up.Add({{"source", source.name}}).Set(1);
    if (std::find(sources_.begin(), sources_.end(), source.name) == sources_.end()) {
      sources_.push_back(source.name);
    }
  }
}

void ExporterMetrics::add(const std::string& source, const Receipt& receipt, const RejectCounts& causes) {
  const auto raise = [&](const char* result, std::uint64_t by) {
    if (by > 0)
      families_->events.Add({{"source", source}, {"result", result}}).Increment(static_cast<double>(by));
  };
  families_->received.Add({{"source", source}}).Increment(static_cast<double>(receipt.received));
  raise("counted", receipt.counted);
  raise("duplicate", receipt.duplicate);
  raise("ignored", receipt.ignored);
  raise("rejected", receipt.rejected);
  for (std::size_t i = 0; i < kRejectCauses; ++i) {
    if (causes[i] == 0) continue;
    families_->rejected.Add({{"source", source}, {"cause", std::string(name(static_cast<RejectCause>(i)))}})
        .Increment(static_cast<double>(causes[i]));
  }
}

void ExporterMetrics::unlisted(const std::string& provider) {
  families_->unlisted.Add({{"provider", provider}}).Increment();
}

void ExporterMetrics::queued(std::size_t events) { families_->queued.Set(static_cast<double>(events)); }

void ExporterMetrics::http_request(std::string_view listener, int code) {
  families_->requests.Add({{"listener", std::string(listener)}, {"code", std::to_string(code)}}).Increment();
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
  const double received = families_->received.Add({{"source", source}}).Value();
  const double rejected = families_->events.Add({{"source", source}, {"result", "rejected"}}).Value();
  return {families_->source_up.Add({{"source", source}}).Value() > 0, static_cast<std::uint64_t>(received),
          static_cast<std::uint64_t>(rejected)};
}

void ExporterMetrics::reloaded(bool ok, WallTime now) {
  families_->reload_ok.Set(ok ? 1 : 0);
  if (ok) families_->reload_time.Set(std::chrono::duration<double>(now.time_since_epoch()).count());
}

std::vector<MetricFamily> ExporterMetrics::Collect() const {
  std::vector<MetricFamily> families = registry_.Collect();
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
