// The metrics of the exporter itself while they are counted. What the registry holds is named here.
#include <algorithm>
#include <array>

#include "record/exporter_state.h"

namespace telephony {
namespace {

using prometheus::Counter;
using prometheus::Gauge;

prometheus::Family<Counter>& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
prometheus::Family<Gauge>& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

constexpr std::size_t kRejected = 3;

}  // namespace

ExporterMetrics::Families::Families(prometheus::Registry& r)
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
                      "1 if the configuration in force is the newest one tried.")),
      reload_time(gauge(r, "telephony_exporter_config_last_reload_success_timestamp_seconds",
                        "When the configuration in force was loaded, as a Unix time.")),
      build_info(gauge(r, "telephony_exporter_build_info", "The version that is running; always 1.")) {
  for (auto* family : {&reload_ok, &reload_time}) family->Add({});
  build_info.Add({{"version", TELEPHONY_VERSION}, {"compiler", __VERSION__}}).Set(1);
}

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
  shown_.reset();  // it reads the gauges that go now
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
  auto& replies = counters_->requests[static_cast<std::size_t>(listener)];
  auto& count = replies.by_status.at(static_cast<std::size_t>(code));
  if (count.fetch_add(1, std::memory_order_relaxed) > 0) return;
  counters_->replied.fetch_add(1, std::memory_order_release);  // pages show one more
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
  families_->reload_ok.Add({}).Set(ok ? 1 : 0);
  if (ok) families_->reload_time.Add({}).Set(std::chrono::duration<double>(now.time_since_epoch()).count());
}

}  // namespace telephony
