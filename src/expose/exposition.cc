#include "telephony_exporter/expose/exposition.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace telephony {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// prometheus-cpp 1.0.1 has a serialiser too, but a newline in a HELP breaks its page, and its streams take
// most of the time of a scrape.
class Page {
 public:
  void add(const MetricFamily& family) {
    if (!family.help.empty()) line("# HELP ", family.name, family.help);
    line("# TYPE ", family.name, type_name(family.type));
    for (const ClientMetric& metric : family.metric) add(family, metric);
  }
  std::string text() && { return std::move(text_); }

 private:
  static std::string_view type_name(MetricType type) {
    switch (type) {
      case MetricType::Counter:
        return "counter";
      case MetricType::Gauge:
        return "gauge";
      case MetricType::Summary:
        return "summary";
      case MetricType::Histogram:
        return "histogram";
      default:
        return "untyped";
    }
  }

  void line(std::string_view begin, std::string_view name, std::string_view rest) {
    text_.append(begin).append(name) += ' ';
    escape(rest, false);
    text_ += '\n';
  }

  void add(const MetricFamily& family, const ClientMetric& metric) {
    switch (family.type) {
      case MetricType::Counter:
        return sample(family.name, "", metric, metric.counter.value);
      case MetricType::Gauge:
        return sample(family.name, "", metric, metric.gauge.value);
      case MetricType::Summary:
        sample(family.name, "_count", metric, static_cast<double>(metric.summary.sample_count));
        return sample(family.name, "_sum", metric, metric.summary.sample_sum);
      case MetricType::Histogram:
        return histogram(family.name, metric);
      default:
        return sample(family.name, "", metric, metric.untyped.value);
    }
  }

  void histogram(std::string_view name, const ClientMetric& metric) {
    for (const ClientMetric::Bucket& bucket : metric.histogram.bucket) {
      begin(name, "_bucket", metric);
      text_ += metric.label.empty() ? "{le=\"" : ",le=\"";
      number(bucket.upper_bound);
      text_ += "\"} ";
      number(static_cast<double>(bucket.cumulative_count));
      text_ += '\n';
    }
    sample(name, "_count", metric, static_cast<double>(metric.histogram.sample_count));
    sample(name, "_sum", metric, metric.histogram.sample_sum);
  }

  void sample(std::string_view name, std::string_view suffix, const ClientMetric& metric, double value) {
    begin(name, suffix, metric);
    if (!metric.label.empty()) text_ += '}';
    text_ += ' ';
    number(value);
    text_ += '\n';
  }

  /// A series up to its last label.
  void begin(std::string_view name, std::string_view suffix, const ClientMetric& metric) {
    text_.append(name).append(suffix);
    char before = '{';
    for (const ClientMetric::Label& label : metric.label) {
      text_ += before;
      text_.append(label.name).append("=\"");
      escape(label.value, true);
      text_ += '"';
      before = ',';
    }
  }

  /// The shortest digits that are read back as the same number; counts without an exponent.
  void number(double value) {
    constexpr double kExact = 1LL << 53;
    std::array<char, 32> digits;
    const auto put = [&](auto any) {
      text_.append(digits.data(), std::to_chars(digits.begin(), digits.end(), any).ptr);
    };
    if (std::abs(value) < kExact && value == std::trunc(value)) {
      put(static_cast<std::int64_t>(value));
    } else if (std::isnan(value)) {
      text_ += "NaN";
    } else if (std::isinf(value)) {
      text_ += value > 0 ? "+Inf" : "-Inf";
    } else {
      put(value);
    }
  }

  void escape(std::string_view text, bool quoted) {
    for (const char c : text) {
      if (c == '\n') {
        text_ += "\\n";
      } else {
        if (c == '\\' || (c == '"' && quoted)) text_ += '\\';
        text_ += c;
      }
    }
  }

  std::string text_;
};

std::map<std::string, MetricFamily> collect(std::span<const prometheus::Collectable* const> sources) {
  std::map<std::string, MetricFamily> families;
  for (const auto* source : sources) {
    for (auto& found : source->Collect()) {
      if (found.metric.empty()) continue;
      const auto [known, is_new] = families.try_emplace(found.name);
      if (is_new) {
        known->second = std::move(found);
      } else {
        std::move(found.metric.begin(), found.metric.end(), std::back_inserter(known->second.metric));
      }
    }
  }
  return families;
}

void sort_metrics(std::vector<ClientMetric>& metrics) {
  for (auto& metric : metrics) std::sort(metric.label.begin(), metric.label.end());
  std::sort(metrics.begin(), metrics.end(),
            [](const ClientMetric& a, const ClientMetric& b) { return a.label < b.label; });
}

}  // namespace

const char* content_type(PageFormat format) {
  return format == PageFormat::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                           : "text/plain; version=0.0.4; charset=utf-8";
}

std::string exposition(std::span<const prometheus::Collectable* const> sources, PageFormat) {
  Page page;
  auto families = collect(sources);
  for (auto& [name, family] : families) {
    sort_metrics(family.metric);
    page.add(family);
  }
  return std::move(page).text();
}

}  // namespace telephony
