// How long calls took and how they sounded, and how late events come: histograms, kept in memory only.
#pragma once

#include <prometheus/histogram.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/event.h"
#include "telephony_exporter/record/page.h"

namespace telephony {

/// What one counted event told of its calls.
struct CallSample {
  std::span<const CallMeasures> legs;
  std::optional<WallTime> occurred;
  CallFields absurd;
};

/// Thread-safe. A reload changes which streams are shown, never their values.
class CallMetrics : public Rendered {
 public:
  explicit CallMetrics(std::shared_ptr<const Settings> settings);
  ~CallMetrics() override;

  /// Shows the streams of these settings from now on.
  void adopt(std::shared_ptr<const Settings> settings);

  /// Of a posting that was admitted and counted.
  void observe(const Posting& posting, const CallSample& sample);

  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<RenderedFamily> rendered(PageFormat format) const override;

 private:
  /// By CallField, the place of `occurred` being that of the lag.
  using Histograms = std::array<std::optional<prometheus::Histogram>, kCallFields>;
  struct Faults {
    std::array<std::uint64_t, kCallFields> rejected{};
    std::uint64_t skewed = 0;
  };

  class Shown;

  Faults& faults(StreamId stream);
  void observe_lag(const Posting& posting, WallTime occurred, Histograms& histograms);
  const Shown& shown() const;
  std::vector<prometheus::MetricFamily> measured() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
  std::map<std::pair<StreamId, std::string>, Histograms> histograms_;  ///< by the account as it counts, or ""
  std::map<StreamId, Faults> faults_;
  mutable std::unique_ptr<Shown> shown_;  ///< null before the first page of other streams
};

}  // namespace telephony
