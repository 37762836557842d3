// What the exporter's metrics about itself are kept in, and how pages read it.
#pragma once

#include <atomic>
#include <functional>

#include "record/page_form.h"
#include "record/source_counters.h"
#include "telephony_exporter/record/exporter_metrics.h"

namespace telephony {

/// Those of the registry: what is no integer, or seldom raised.
struct ExporterMetrics::Families {
  explicit Families(prometheus::Registry& registry);

  prometheus::Family<prometheus::Counter>& unlisted;
  prometheus::Family<prometheus::Gauge>& source_up;
  prometheus::Family<prometheus::Gauge>& lag_seconds;
  prometheus::Family<prometheus::Gauge>& lag_bytes;
  prometheus::Family<prometheus::Counter>& truncations;
  prometheus::Family<prometheus::Gauge>& reload_ok;
  prometheus::Family<prometheus::Gauge>& reload_time;
  prometheus::Family<prometheus::Gauge>& build_info;
};

struct ExporterMetrics::Counters {
  static constexpr std::size_t kStatuses = 1000, kListeners = 2;

  SourceCounters sources;
  alignas(64) std::atomic<std::uint64_t> queued = 0;
  /// By listener and status.
  struct alignas(64) Requests {
    std::array<std::atomic<std::uint64_t>, kStatuses> by_status{};
  };
  std::array<Requests, kListeners> requests;
  std::atomic<std::size_t> replied = 0;  ///< how many of these are not 0
};

/// What pages show until the next reload, or the first reply of a new status.
class ExporterMetrics::Shown {
 public:
  /// Both with the metrics' mutex held, until the numbers have been read: no metric leaves the registry then.
  explicit Shown(const ExporterMetrics& metrics);
  void look_at_journal();

  /// Samples, and who tells their numbers.
  struct Samples {
    PageForm form;
    std::vector<std::function<double()>> readers;

    void add(const FamilyHead& head, PageForm::Labels labels, std::function<double()> reader);
    void add(const FamilyHead& head, PageForm::Labels labels, const std::atomic<std::uint64_t>& counter);
    template <typename Metric>
    void add(prometheus::Family<Metric>& family);
    PageForm::Numbers numbers() const;
  };

  const std::size_t replied;  ///< of the counters when this was made
  Samples registered;         ///< what the registry collects
  Samples others;

 private:
  void add_registered();
  void add_sources();
  void add_requests();
  void add_journal();

  const ExporterMetrics& metrics_;
  JournalStats journal_;  ///< when it was last looked at
};

}  // namespace telephony
