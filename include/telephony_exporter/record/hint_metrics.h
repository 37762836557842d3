// The retry hints as metrics: what callers should do at the moment of the scrape.
#pragma once

#include <prometheus/collectable.h>

#include <functional>

#include "telephony_exporter/hint/hints.h"

namespace telephony {

/// Thread-safe.
class HintMetrics : public prometheus::Collectable {
 public:
  using Clock = std::function<WallTime()>;

  /// The hints must outlive the metrics.
  explicit HintMetrics(const Hints& hints, Clock clock = std::chrono::system_clock::now)
      : hints_(hints), clock_(std::move(clock)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const Hints& hints_;
  const Clock clock_;
};

}  // namespace telephony
