// How long calls took and how they sounded, and how late events come: histograms, kept in memory only.
#pragma once

#include <prometheus/collectable.h>
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

namespace telephony {

/// What one counted event told of its calls.
struct CallSample {
  std::span<const CallMeasures> legs;
  std::optional<WallTime> occurred;
  CallFields absurd;
};

/// Thread-safe. A reload changes which streams are shown, never their values.
class CallMetrics : public prometheus::Collectable {
 public:
  explicit CallMetrics(std::shared_ptr<const Settings> settings);

  /// Shows the streams of these settings from now on.
  void adopt(std::shared_ptr<const Settings> settings);

  /// Of a posting that was admitted and counted.
  void observe(const Posting& posting, const CallSample& sample);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  /// By CallField, the place of `occurred` being that of the lag.
  using Histograms = std::array<std::optional<prometheus::Histogram>, kCallFields>;
  struct Faults {
    std::array<std::uint64_t, kCallFields> rejected{};
    std::uint64_t skewed = 0;
  };

  void observe_lag(const Posting& posting, WallTime occurred, Histograms& histograms);

  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
  std::map<std::pair<StreamId, std::string>, Histograms> histograms_;  ///< by the account as it counts, or ""
  std::map<StreamId, Faults> faults_;
};

}  // namespace telephony
