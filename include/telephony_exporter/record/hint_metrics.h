// The retry hints as metrics: what callers should do at the moment of the scrape.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "telephony_exporter/hint/hints.h"
#include "telephony_exporter/record/page.h"

namespace telephony {

struct HintNames;

/// Thread-safe.
class HintMetrics : public Rendered {
 public:
  using Clock = std::function<WallTime()>;

  /// The hints must outlive the metrics.
  explicit HintMetrics(const Hints& hints, Clock clock = std::chrono::system_clock::now)
      : hints_(hints), clock_(std::move(clock)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<RenderedFamily> rendered(PageFormat format) const override;

 private:
  std::shared_ptr<const HintNames> names(const std::shared_ptr<const Settings>& settings) const;

  const Hints& hints_;
  const Clock clock_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const HintNames> names_;  ///< of the settings that were shown last
};

}  // namespace telephony
