// The formats of the metrics page.
#pragma once

namespace telephony {

enum class PageFormat {
  text,         ///< Prometheus text 0.0.4
  openmetrics,  ///< OpenMetrics 1.0
};

}  // namespace telephony
