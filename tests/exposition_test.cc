// The metrics page, byte by byte.
#include "telephony_exporter/expose/exposition.h"

#include <gtest/gtest.h>
#include <prometheus/metric_family.h>

#include <limits>
#include <utility>

namespace telephony {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

class Given : public prometheus::Collectable {
 public:
  explicit Given(std::vector<MetricFamily> families) : families_(std::move(families)) {}
  std::vector<MetricFamily> Collect() const override { return families_; }

 private:
  std::vector<MetricFamily> families_;
};

ClientMetric counter(std::vector<ClientMetric::Label> labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = value;
  return metric;
}

ClientMetric gauge(std::vector<ClientMetric::Label> labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  return metric;
}

std::string page(std::vector<MetricFamily> first, std::vector<MetricFamily> second = {}) {
  const Given a(std::move(first));
  const Given b(std::move(second));
  const std::vector<const prometheus::Collectable*> both = {&a, &b};
  return exposition(both);
}

TEST(Exposition, NothingIsAnEmptyPage) {
  EXPECT_EQ(page({}), "");
  EXPECT_EQ(page({{"a", "No series.", MetricType::Gauge, {}}}), "");
}

TEST(Exposition, SortsFamiliesMetricsAndLabels) {
  const auto text = page({{"b_total",
                           "B.",
                           MetricType::Counter,
                           {counter({{"z", "1"}, {"a", "2"}}, 3), counter({{"a", "1"}, {"z", "9"}}, 4),
                            counter({{"a", "10"}}, 5)}},
                          {"a", "A.", MetricType::Gauge, {gauge({}, 0.25)}}});
  EXPECT_EQ(text,
            "# HELP a A.\n"
            "# TYPE a gauge\n"
            "a 0.25\n"
            "# HELP b_total B.\n"
            "# TYPE b_total counter\n"
            "b_total{a=\"1\",z=\"9\"} 4\n"
            "b_total{a=\"10\"} 5\n"
            "b_total{a=\"2\",z=\"1\"} 3\n");
}

TEST(Exposition, AHistogramIsItsBucketsItsCountAndItsSum) {
  const auto histogram = [](std::vector<ClientMetric::Label> labels) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.histogram = {3, 4.75, {{1, 0.5}, {3, std::numeric_limits<double>::infinity()}}};
    return metric;
  };
  EXPECT_EQ(page({{"a_seconds", "A.", MetricType::Histogram, {histogram({{"z", "1"}}), histogram({})}}}),
            "# HELP a_seconds A.\n"
            "# TYPE a_seconds histogram\n"
            "a_seconds_bucket{le=\"0.5\"} 1\n"
            "a_seconds_bucket{le=\"+Inf\"} 3\n"
            "a_seconds_count 3\n"
            "a_seconds_sum 4.75\n"
            "a_seconds_bucket{z=\"1\",le=\"0.5\"} 1\n"
            "a_seconds_bucket{z=\"1\",le=\"+Inf\"} 3\n"
            "a_seconds_count{z=\"1\"} 3\n"
            "a_seconds_sum{z=\"1\"} 4.75\n");
}

TEST(Exposition, MergesFamiliesOfSeveralSources) {
  const auto text = page({{"a", "A.", MetricType::Gauge, {gauge({{"s", "2"}}, 2)}}},
                         {{"a", "Again.", MetricType::Gauge, {gauge({{"s", "1"}}, 1)}}});
  EXPECT_EQ(text, "# HELP a A.\n# TYPE a gauge\na{s=\"1\"} 1\na{s=\"2\"} 2\n");
}

TEST(Exposition, EscapesHelpAndLabels) {
  const auto text =
      page({{"a", "One\nline, a \\ and a \"quote\".", MetricType::Gauge, {gauge({{"l", "x\ny\\z\"w"}}, 1)}}});
  EXPECT_EQ(text,
            "# HELP a One\\nline, a \\\\ and a \"quote\".\n"
            "# TYPE a gauge\n"
            "a{l=\"x\\ny\\\\z\\\"w\"} 1\n");
}

TEST(Exposition, SpellsNumbersAsPrometheusDoes) {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  const auto infinity = std::numeric_limits<double>::infinity();
  const auto text = page({{"a",
                           "Is it Nan",
                           MetricType::Gauge,
                           {gauge({{"l", "1 Nan"}}, nan), gauge({{"l", "2"}}, infinity),
                            gauge({{"l", "3"}}, -infinity), gauge({{"l", "4"}}, 1700000000.125)}}});
  EXPECT_EQ(text,
            "# HELP a Is it Nan\n"
            "# TYPE a gauge\n"
            "a{l=\"1 Nan\"} NaN\n"
            "a{l=\"2\"} +Inf\n"
            "a{l=\"3\"} -Inf\n"
            "a{l=\"4\"} 1700000000.125\n");
}

TEST(Exposition, KeepsBigCountersExact) {
  const auto text = page({{"a_total", "A.", MetricType::Counter, {counter({}, 9007199254740991.0)}}});
  EXPECT_EQ(text, "# HELP a_total A.\n# TYPE a_total counter\na_total 9007199254740991\n");
}

}  // namespace
}  // namespace telephony
