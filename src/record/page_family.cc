// The slow way onto the page: families of prometheus-cpp, whatever is in them. Its own serialiser breaks the
// page on a newline in a HELP, and its streams take most of the time of a scrape.
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "telephony_exporter/record/page.h"

namespace telephony {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view kTotal = "_total";

// What these families count, they count in memory.
const UnixMicros kBegun = to_micros(std::chrono::system_clock::now());

/// The samples of one metric.
class Metric {
 public:
  Metric(Page& page, const MetricFamily& family, const ClientMetric& metric)
      : page_(page), name_(family.name), labels_(rendered_labels(metric.label)) {}

  template <typename Number>
  void sample(std::string_view suffix, Number value, std::string_view label = {}) {
    page_.put(name_);
    page_.put(suffix);
    if (!labels_.empty() || !label.empty()) {
      page_.put("{");
      page_.put(labels_);
      if (!labels_.empty() && !label.empty()) page_.put(",");
      page_.put(label);
      page_.put("}");
    }
    page_.put(" ");
    page_.number(value);
    page_.put("\n");
  }

  void counter(double value) {
    sample("", value);
    if (!name_.ends_with(kTotal)) return;  // for OpenMetrics it is of no known type
    name_.remove_suffix(kTotal.size());
    created();
  }

  void created() {
    if (page_.openmetrics()) sample("_created", kBegun);
  }

  /// OpenMetrics has bounds and quantiles look like floats.
  std::string bound(std::string_view label, double value) {
    Page digits(PageFormat::text);
    digits.number(value);
    std::string text = std::move(digits).text();
    if (page_.openmetrics() && std::isfinite(value) && text.find_first_of(".e") == text.npos) text += ".0";
    return std::string(label) + "=\"" + text + '"';
  }

 private:
  Page& page_;
  std::string_view name_;
  const std::string labels_;
};

void write_summary(Metric& out, const ClientMetric::Summary& summary) {
  out.sample("_count", summary.sample_count);
  out.sample("_sum", summary.sample_sum);
  for (const auto& quantile : summary.quantile)
    out.sample("", quantile.value, out.bound("quantile", quantile.quantile));
  out.created();
}

void write_histogram(Metric& out, const ClientMetric::Histogram& histogram) {
  double last = -std::numeric_limits<double>::infinity();
  for (const auto& bucket : histogram.bucket) {
    last = bucket.upper_bound;
    out.sample("_bucket", bucket.cumulative_count, out.bound("le", last));
  }
  if (!std::isinf(last) || last < 0) {
    out.sample("_bucket", histogram.sample_count, out.bound("le", std::numeric_limits<double>::infinity()));
  }
  out.sample("_count", histogram.sample_count);
  out.sample("_sum", histogram.sample_sum);
  out.created();
}

void write(Metric&& out, MetricType type, const ClientMetric& metric) {
  switch (type) {
    case MetricType::Counter:
      return out.counter(metric.counter.value);
    case MetricType::Gauge:
      return out.sample("", metric.gauge.value);
    case MetricType::Summary:
      return write_summary(out, metric.summary);
    case MetricType::Histogram:
      return write_histogram(out, metric.histogram);
    default:
      return out.sample("", metric.untyped.value);
  }
}

/// By OpenMetrics a stateset's label has its own name.
bool is_stateset(const MetricFamily& family) {
  return family.type == MetricType::Gauge &&
         std::all_of(family.metric.begin(), family.metric.end(), [&](const ClientMetric& metric) {
           return std::any_of(metric.label.begin(), metric.label.end(),
                              [&](const auto& label) { return label.name == family.name; });
         });
}

constexpr std::size_t kLineBytes = 200;  // roughly

std::size_t lines(const MetricFamily& family) {
  std::size_t lines = 3;
  for (const ClientMetric& metric : family.metric)
    lines += 3 + metric.summary.quantile.size() + metric.histogram.bucket.size();
  return lines;
}

}  // namespace

void write_family(Page& page, MetricFamily& family) {
  for (auto& metric : family.metric) std::sort(metric.label.begin(), metric.label.end());
  std::sort(family.metric.begin(), family.metric.end(),
            [](const ClientMetric& a, const ClientMetric& b) { return a.label < b.label; });
  // A series that stands there twice would cost the whole page.
  const auto twice = std::unique(family.metric.begin(), family.metric.end(),
                                 [](const auto& a, const auto& b) { return a.label == b.label; });
  family.metric.erase(twice, family.metric.end());
  page.begin({family.name, family.type, family.help}, is_stateset(family) ? "stateset" : "");
  for (const ClientMetric& metric : family.metric) write(Metric(page, family, metric), family.type, metric);
}

std::vector<RenderedFamily> rendered_slowly(std::vector<MetricFamily> families) {
  std::vector<RenderedFamily> rendered;
  for (MetricFamily& family : families) {
    if (family.metric.empty()) continue;
    const std::size_t bytes = family.help.size() + lines(family) * kLineBytes;
    const auto kept = std::make_shared<MetricFamily>(std::move(family));
    rendered.push_back({kept->name, bytes, [kept](Page& page) { write_family(page, *kept); }});
  }
  return rendered;
}

}  // namespace telephony
