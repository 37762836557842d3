// The metrics page, byte by byte.
#include "telephony_exporter/expose/exposition.h"

#include <gtest/gtest.h>
#include <prometheus/metric_family.h>

#include <limits>
#include <sstream>
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

/// Without when counters were created, which is when the tests began.
std::string openmetrics(std::vector<MetricFamily> families) {
  const Given given(std::move(families));
  const prometheus::Collectable* source = &given;
  std::istringstream in(exposition({&source, 1}, PageFormat::openmetrics));
  std::string out;
  for (std::string line; std::getline(in, line);) {
    const std::size_t created = line.find("_created");
    out += line.substr(0, created == line.npos ? created : line.rfind(' ')) + '\n';
  }
  return out;
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

TEST(Exposition, ASeriesThatStandsThereTwiceIsWrittenOnce) {
  EXPECT_EQ(page({{"a", "", MetricType::Gauge, {gauge({{"s", "1"}}, 1)}}},
                 {{"a", "", MetricType::Gauge, {gauge({{"s", "1"}}, 2), gauge({{"s", "2"}}, 3)}}}),
            "# TYPE a gauge\na{s=\"1\"} 1\na{s=\"2\"} 3\n");
}

TEST(OpenMetrics, NothingIsAnEndedPage) { EXPECT_EQ(openmetrics({}), "# EOF\n"); }

TEST(OpenMetrics, ACounterIsNamedWithoutItsSuffixAndSaysWhenItWasCreated) {
  EXPECT_EQ(openmetrics({{"a_seconds_total",
                          "A \"quote\".",
                          MetricType::Counter,
                          {counter({}, 1), counter({{"l", "x"}}, 2.5)}}}),
            "# HELP a_seconds A \\\"quote\\\".\n"
            "# TYPE a_seconds counter\n"
            "# UNIT a_seconds seconds\n"
            "a_seconds_total 1\n"
            "a_seconds_created\n"
            "a_seconds_total{l=\"x\"} 2.5\n"
            "a_seconds_created{l=\"x\"}\n"
            "# EOF\n");
}

TEST(OpenMetrics, WhatIsConstantIsAnInfo) {
  EXPECT_EQ(openmetrics({{"a_info", "A.", MetricType::Gauge, {gauge({{"version", "1"}}, 1)}}}),
            "# HELP a A.\n# TYPE a info\na_info{version=\"1\"} 1\n# EOF\n");
}

TEST(OpenMetrics, AGaugeWithALabelOfItsOwnNameIsAStateset) {
  EXPECT_EQ(openmetrics({{"a", "", MetricType::Gauge, {gauge({{"a", "off"}}, 0), gauge({{"a", "on"}}, 1)}}}),
            "# TYPE a stateset\na{a=\"off\"} 0\na{a=\"on\"} 1\n# EOF\n");
}

TEST(OpenMetrics, UnitsAreTheLastWordOfTheName) {
  const auto unit = [](const char* name) {
    const std::string text = openmetrics({{name, "", MetricType::Gauge, {gauge({}, 1)}}});
    const std::size_t at = text.find("# UNIT ");
    return at == text.npos ? "" : text.substr(at, text.find('\n', at) - at);
  };
  EXPECT_EQ(unit("a_bytes"), "# UNIT a_bytes bytes");
  EXPECT_EQ(unit("a_ratio"), "# UNIT a_ratio ratio");
  EXPECT_EQ(unit("a_timestamp_seconds"), "# UNIT a_timestamp_seconds seconds");
  EXPECT_EQ(unit("seconds"), "");
  EXPECT_EQ(unit("a_seconds_left"), "");
  EXPECT_EQ(unit("a_calls"), "");
}

TEST(OpenMetrics, BoundsAndQuantilesLookLikeFloats) {
  ClientMetric histogram, summary;
  histogram.histogram = {3, 4.75, {{1, 0.5}, {2, 1}, {2, 30}, {3, std::numeric_limits<double>::infinity()}}};
  summary.summary = {2, 3, {{0.5, 1.25}, {1, 2}}};
  EXPECT_EQ(
      openmetrics({{"h", "", MetricType::Histogram, {histogram}}, {"s", "", MetricType::Summary, {summary}}}),
      "# TYPE h histogram\n"
      "h_bucket{le=\"0.5\"} 1\n"
      "h_bucket{le=\"1.0\"} 2\n"
      "h_bucket{le=\"30.0\"} 2\n"
      "h_bucket{le=\"+Inf\"} 3\n"
      "h_count 3\n"
      "h_sum 4.75\n"
      "h_created\n"
      "# TYPE s summary\n"
      "s_count 2\n"
      "s_sum 3\n"
      "s{quantile=\"0.5\"} 1.25\n"
      "s{quantile=\"1.0\"} 2\n"
      "s_created\n"
      "# EOF\n");
}

TEST(OpenMetrics, WhatHasNoTypeIsUnknown) {
  ClientMetric metric;
  metric.untyped.value = 1;
  EXPECT_EQ(openmetrics(
                {{"a", "", MetricType::Untyped, {metric}}, {"b", "", MetricType::Counter, {counter({}, 1)}}}),
            "# TYPE a unknown\na 1\n# TYPE b unknown\nb 1\n# EOF\n");
}

}  // namespace
}  // namespace telephony
