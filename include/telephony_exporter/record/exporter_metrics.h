// The exporter's metrics about itself.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/event.h"
#include "telephony_exporter/journal/journal.h"
#include "telephony_exporter/record/ledger.h"
#include "telephony_exporter/record/page.h"

namespace telephony {

/// How a source is doing.
struct SourceState {
  bool up = false;
  std::uint64_t received = 0;
  std::uint64_t rejected = 0;
};

/// The `listener` label.
enum class Listener : std::uint8_t { ingest, web };

using RejectCounts = std::array<std::uint64_t, kRejectCauses>;

/// Thread-safe.
class ExporterMetrics : public Rendered {
 public:
  /// The journal and the ledger must outlive the metrics.
  ExporterMetrics(const Settings& settings, const Journal& journal, const Ledger& ledger);
  ~ExporterMetrics() override;

  /// Makes the series of these settings' sources, at 0 where they are new.
  void adopt(const Settings& settings);

  /// Adds what became of a body; `causes` says, by RejectCause, why records were rejected. The source must
  /// have been adopted.
  void add(SourceId source, const Receipt& receipt, const RejectCounts& causes);
  void unlisted(const std::string& provider, std::uint64_t times = 1);  ///< of an adopted catalog
  void queued(std::size_t events);                                      ///< that wait for a commit
  void http_request(Listener listener, int code);                       ///< a status of three digits
  /// What is said of a source that a reload has removed is dropped.
  void source_lag(const std::string& source, bool up, double bytes, double seconds);
  void truncated(const std::string& source, std::uint64_t files);
  SourceState source_state(const std::string& source) const;
  void reloaded(bool ok, WallTime now);

  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<RenderedFamily> rendered(PageFormat format) const override;

 private:
  struct Families;
  struct Counters;
  class Shown;

  void forget_sources(const Settings& settings);
  const Shown& shown() const;

  const Journal& journal_;
  const Ledger& ledger_;
  prometheus::Registry registry_;
  std::unique_ptr<Families> families_;
  std::unique_ptr<Counters> counters_;  ///< what is raised with every request
  mutable std::mutex sources_mutex_;
  std::map<std::string, SourceId> counted_;  ///< sources that have counters, those that were removed too
  std::vector<std::string> sources_;         ///< that have gauges
  mutable std::unique_ptr<Shown> shown_;     ///< null before the first page after a reload
};

/// process_* as the Prometheus client libraries define them, read from /proc/self.
class ProcessMetrics : public Rendered {
 public:
  ProcessMetrics();
  ~ProcessMetrics() override;
  ProcessMetrics(const ProcessMetrics&) = delete;
  ProcessMetrics& operator=(const ProcessMetrics&) = delete;

  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<RenderedFamily> rendered(PageFormat format) const override;

 private:
  /// In the order of the form; none when the system does not tell.
  std::vector<double> numbers() const;

  const int statm_;  ///< kept open, as to find the file takes as long as to read it
  const double started_;
};

}  // namespace telephony
