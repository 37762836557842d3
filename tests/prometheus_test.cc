// A real Prometheus scrapes the real exporter.
#include <gtest/gtest.h>
#include <httplib.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "process.h"

namespace telephony {
namespace {

constexpr std::chrono::seconds kStartDeadline{60};
constexpr std::chrono::seconds kBudget{30};

/// Scrapes one target every second and answers queries.
class Prometheus {
 public:
  explicit Prometheus(std::uint16_t target)
      : port_(free_port()),
        process_({"/usr/bin/prometheus", "--config.file=" + write_configuration(target),
                  "--web.listen-address=127.0.0.1:" + std::to_string(port_),
                  "--storage.tsdb.path=" + directory_.path() + "/data", "--enable-feature=exemplar-storage",
                  "--log.level=warn"}) {}

  bool is_ready() const {
    const auto answer = httplib::Client("127.0.0.1", port_).Get("/-/ready");
    return answer && answer->status == 200;
  }

  /// The labels and the value of every series of the answer.
  std::vector<Sample> query(const std::string& expression) const {
    httplib::Client client("127.0.0.1", port_);
    const auto answer =
        client.Get("/api/v1/query", httplib::Params{{"query", expression}}, httplib::Headers{});
    if (!answer) return {};
    const auto json = nlohmann::json::parse(answer->body);
    EXPECT_EQ(json.at("status"), "success") << answer->body;
    std::vector<Sample> samples;
    for (const auto& series : json.at("data").at("result")) {
      samples.push_back(
          {"", series.at("metric").get<Labels>(), std::stod(series["value"][1].get<std::string>())});
    }
    return samples;
  }

  /// The labels of the exemplars of all series of the expression, within the last hour.
  std::vector<Labels> exemplars(const std::string& expression) const {
    httplib::Client client("127.0.0.1", port_);
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    const httplib::Params asked = {
        {"query", expression}, {"start", std::to_string(now - 3600)}, {"end", std::to_string(now + 3600)}};
    const auto answer = client.Get("/api/v1/query_exemplars", asked, httplib::Headers{});
    if (!answer) return {};
    const auto json = nlohmann::json::parse(answer->body);
    EXPECT_EQ(json.at("status"), "success") << answer->body;
    std::vector<Labels> found;
    for (const auto& series : json.at("data")) {
      for (const auto& exemplar : series.at("exemplars")) {
        EXPECT_EQ(exemplar.at("value"), "1");
        found.push_back(exemplar.at("labels").get<Labels>());
      }
    }
    return found;
  }

  /// True as soon as the expression has one answer with that value.
  bool becomes(const std::string& expression, double value) const {
    return eventually(kBudget, [&] {
      const std::vector<Sample> samples = query(expression);
      return samples.size() == 1 && samples[0].value == value;
    });
  }

  std::string errors() const { return process_.errors(); }

 private:
  std::string write_configuration(std::uint16_t target) const {
    return directory_.write("prometheus.yml",
                            "global: {scrape_interval: 1s}\n"
                            "scrape_configs:\n"
                            "  - job_name: telephony\n"
                            "    static_configs: [{targets: ['127.0.0.1:" +
                                std::to_string(target) + "']}]\n");
  }

  TemporaryDirectory directory_;
  std::uint16_t port_;
  Process process_;
};

class PrometheusTest : public ExporterTest {};

// One walk, because the cases share a Prometheus and what it has seen.
TEST_F(PrometheusTest, TheFirstErrorEverIsAnIncreaseThatOutlivesAReloadAndNamesItsRemedy) {
  const std::string errors = R"(telephony_errors_total{code="-2010",product="number_masking"})";
  const std::string increase =
      "increase(telephony_errors_total{code=\"-2010\",product=\"number_masking\"}[1m])";
  Exporter& exporter = start();
  const Prometheus prometheus(exporter.web_port());
  ASSERT_TRUE(eventually(kStartDeadline, [&] { return prometheus.is_ready(); })) << prometheus.errors();
  EXPECT_TRUE(prometheus.becomes("up{job=\"telephony\"}", 1)) << prometheus.errors();

  ASSERT_TRUE(eventually(kBudget, [&] {
    const auto scrapes = prometheus.query("count_over_time(" + errors + "[1m])");
    return scrapes.size() == 1 && scrapes[0].value >= 2;
  })) << "the series is not there before its first event";
  EXPECT_TRUE(prometheus.becomes(errors, 0));
  EXPECT_TRUE(prometheus.becomes(increase, 0));

  const std::string body =
      R"({"payload":{"sessionId":"s","sessionStatus":"ERROR","errorDetails":{"errorCode":-2010}}})";
  ASSERT_EQ(exporter.post("/webhooks/8x8/number-masking", body).status, 200);
  EXPECT_TRUE(eventually(kBudget, [&] { return !prometheus.query(increase + " > 0").empty(); }));
  EXPECT_TRUE(prometheus.becomes(errors, 1));

  const double scrapes = prometheus.query("count_over_time(" + errors + "[1h])").at(0).value;
  exporter.process().signal(SIGHUP);
  ASSERT_TRUE(eventually(kBudget, [&] {
    return exporter.errors().find("msg=\"configuration reloaded\"") != std::string::npos;
  }));
  ASSERT_TRUE(eventually(kBudget, [&] {
    return prometheus.query("count_over_time(" + errors + "[1h])").at(0).value >= scrapes + 2;
  }));
  EXPECT_TRUE(prometheus.becomes(errors, 1));
  EXPECT_TRUE(prometheus.becomes("resets(" + errors + "[1h])", 0));
  EXPECT_FALSE(prometheus.query(increase + " > 0").empty());
  EXPECT_TRUE(prometheus.becomes("up{job=\"telephony\"}", 1));

  const std::vector<Sample> joined = prometheus.query(
      "sum by (provider, product, code, reason) (" + increase +
      ") * on (provider, product, code, reason) group_left (remedy, message) telephony_error_info");
  ASSERT_EQ(joined.size(), 1U);
  EXPECT_GT(joined[0].value, 0);
  EXPECT_EQ(joined[0].labels.at("message"), "The trunk capacity has been exceeded");
  EXPECT_NE(joined[0].labels.at("remedy"), "");
}

TEST_F(PrometheusTest, KeepsTheSessionThatAnErrorCountedLast) {
  const TemporaryDirectory directory;
  Start with_exemplars;
  with_exemplars.configuration =
      directory.write("exporter.yml", "providers: [" SOURCE_DIRECTORY
                                      "/config/providers/8x8.yml]\n"
                                      "exemplars: {session_id: true}\n"
                                      "sources:\n"
                                      "  - {name: masking, provider: 8x8, product: number_masking,\n"
                                      "     webhook: {path: /webhooks/8x8/number-masking, auth: none}}\n");
  Exporter& exporter = start(with_exemplars);
  const Prometheus prometheus(exporter.web_port());
  ASSERT_TRUE(eventually(kStartDeadline, [&] { return prometheus.is_ready(); })) << prometheus.errors();
  const std::string body =
      R"({"payload":{"sessionId":"b3a1-52c0","sessionStatus":"ERROR","errorDetails":{"errorCode":-2010}}})";
  ASSERT_EQ(exporter.post("/webhooks/8x8/number-masking", body).status, 200);
  const std::string errors = R"(telephony_errors_total{code="-2010"})";
  ASSERT_TRUE(prometheus.becomes(errors, 1)) << prometheus.errors();
  EXPECT_TRUE(prometheus.becomes(R"(telephony_errors_created{code="-2010"} > bool 0)", 1));
  EXPECT_EQ(prometheus.query(R"(telephony_error_info{code="-2010"})").size(), 1U);
  ASSERT_TRUE(eventually(kBudget, [&] { return !prometheus.exemplars(errors).empty(); }));
  EXPECT_EQ(prometheus.exemplars(errors), (std::vector<Labels>{{{"session_id", "b3a1-52c0"}}}));
}

}  // namespace
}  // namespace telephony
