// Metric families by hand, for values that are read when the page is.
#pragma once

#include <prometheus/metric_family.h>

#include "telephony_exporter/record/page.h"

namespace telephony {

inline prometheus::MetricFamily metric_family(const char* name, prometheus::MetricType type,
                                              const char* help) {
  return {name, help, type, {}};
}

inline prometheus::MetricFamily family_of(const FamilyHead& head) {
  return {std::string(head.name), std::string(head.help), head.type, {}};
}

inline void add_sample(prometheus::MetricFamily& family, std::vector<prometheus::ClientMetric::Label> labels,
                       double value) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  (family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
}

}  // namespace telephony
