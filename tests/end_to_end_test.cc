// The real binary over real HTTP: webhooks in, samples out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "process.h"

namespace telephony {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kShipped = SOURCE_DIRECTORY "/config/telephony_exporter.yml";
constexpr const char* kContainer = SOURCE_DIRECTORY "/config/telephony_exporter.container.yml";
constexpr const char* kSecretVariable = "TELEPHONY_EXPORTER_WEBHOOK_SECRET";
constexpr const char* kNumberMasking = "/webhooks/8x8/number-masking";
constexpr std::chrono::seconds kStopsWithin{5};

constexpr const char* kOneReceived = R"({"received":1,"counted":1,"duplicate":0,"ignored":0,"rejected":0})";
constexpr const char* kTrunkFull =
    R"({"payload":{"sessionId":"1f048a84","subAccountId":"acme","sessionStatus":"ERROR","errorDetails":{"errorCode":-2010}}})";

const Labels kTrunkFullLabels = {{"provider", "8x8"},     {"product", "number_masking"},
                                 {"code", "-2010"},       {"reason", "trunk_capacity_exceeded"},
                                 {"family", "capacity"},  {"category", "capacity"},
                                 {"severity", "critical"}};

class EndToEndTest : public ExporterTest {};

struct Counted {
  std::string metric;
  Labels labels;
  double value = 1;
};

/// One delivery to a shipped source.
struct Delivery {
  std::string source;
  std::string path;
  std::string type;
  std::string body;
  std::string receipt;
  std::vector<Counted> counted;
};

Labels error_labels(const std::string& provider, const std::string& product, const std::string& code,
                    const std::string& reason) {
  return {{"provider", provider}, {"product", product}, {"code", code}, {"reason", reason}};
}

Counted error(const std::string& provider, const std::string& product, const std::string& code,
              const std::string& reason) {
  return {"telephony_errors_total", error_labels(provider, product, code, reason)};
}

Counted session(const std::string& provider, const std::string& product, const std::string& outcome) {
  return {"telephony_sessions_total", {{"provider", provider}, {"product", product}, {"outcome", outcome}}};
}

const std::vector<Delivery>& deliveries() {
  static const std::vector<Delivery> all = {
      {"8x8-number-masking",
       kNumberMasking,
       "application/json; charset=utf-8",
       kTrunkFull,
       kOneReceived,
       {error("8x8", "number_masking", "-2010", "trunk_capacity_exceeded"),
        session("8x8", "number_masking", "error")}},
      {"8x8-number-masking",
       kNumberMasking,
       "application/json",
       R"([{"payload":{"sessionId":"a","sessionStatus":"NO ANSWER"}},)"
       R"({"payload":{"sessionId":"b","sessionStatus":"COMPLETED"}},)"
       R"({"payload":{"sessionId":"a","sessionStatus":"NO ANSWER"}}])",
       R"({"received":3,"counted":2,"duplicate":1,"ignored":0,"rejected":0})",
       {session("8x8", "number_masking", "no_answer"), session("8x8", "number_masking", "completed")}},
      {"8x8-number-masking",
       kNumberMasking,
       "text/plain",
       "bridge failed errorCode=-2004\nINFO all is well\n",
       R"({"received":2,"counted":1,"duplicate":0,"ignored":1,"rejected":0})",
       {error("8x8", "number_masking", "-2004", "no_coverage")}},
      {"8x8-voice",
       "/webhooks/8x8/voice",
       "application/x-ndjson",
       "{\"payload\":{\"sessionId\":\"a\",\"sessionStatus\":\"BUSY\"}}\n\n"
       "{\"payload\":{\"sessionId\":\"b\",\"sessionStatus\":\"ERROR\",\"errorDetails\":{\"errorCode\":\"-"
       "2006\"}}}\n",
       R"({"received":2,"counted":2,"duplicate":0,"ignored":0,"rejected":0})",
       {session("8x8", "voice", "busy"), session("8x8", "voice", "error"),
        error("8x8", "voice", "-2006", "playback_download_failed")}},
      {"8x8-sms",
       "/webhooks/8x8/sms",
       "application/json",
       R"({"payload":{"umid":"u1","status":{"state":"undelivered","errorCode":15}}})",
       kOneReceived,
       {session("8x8", "sms", "failed"), {"telephony_errors_total", {{"product", "sms"}, {"code", "15"}}}}},
      {"synthflow",
       "/webhooks/synthflow",
       "application/json",
       R"({"status":"failed","error_message":"Telephony - 403 - Invalid credentials","call":{"call_id":"c1","status":"failed"}})",
       kOneReceived,
       {session("synthflow", "voice", "failed"), error("synthflow", "voice", "403", "invalid_credentials")}},
      {"synthflow",
       "/webhooks/synthflow",
       "application/json",
       R"({"response":{"calls":[{"call_id":"c2","call_status":"completed"},{"call_id":"c3","call_status":"busy",)"
       R"("error_message":"Telephony - 486 - Busy Here"}]}})",
       R"({"received":2,"counted":2,"duplicate":0,"ignored":0,"rejected":0})",
       {session("synthflow", "voice", "completed"),
        session("synthflow", "voice", "busy"),
        {"telephony_errors_total", {{"provider", "synthflow"}, {"code", "486"}}}}},
      {"synthflow",
       "/webhooks/synthflow",
       "text/plain",
       "dialer: Telephony - 503 - No Routeplan Found\r\n",
       kOneReceived,
       {error("synthflow", "voice", "503", "no_routeplan_found")}},
      {"restcomm-voice",
       "/webhooks/restcomm/voice",
       "application/x-www-form-urlencoded",
       "CallSid=CA-1&CallStatus=no-answer&ReasonCode=1105&From=%2B12025550123",
       kOneReceived,
       {session("restcomm", "voice", "no_answer"),
        {"telephony_errors_total", {{"provider", "restcomm"}, {"product", "voice"}, {"code", "1105"}}}}},
      {"restcomm-sms",
       "/webhooks/restcomm/sms",
       "application/x-www-form-urlencoded",
       "MessageSid=SM-1&MessageStatus=failed&ErrorCode=QUEUE_OVERFLOW",
       kOneReceived,
       {session("restcomm", "sms", "failed"),
        {"telephony_errors_total", {{"provider", "restcomm"}, {"product", "sms"}, {"code", "30001"}}}}},
  };
  return all;
}

TEST_F(EndToEndTest, EverySourceCountsWhatItsProviderSends) {
  const Exporter& exporter = start();
  for (const Delivery& delivery : deliveries()) {
    SCOPED_TRACE(delivery.source + " gets " + delivery.body);
    const std::vector<Sample> before = exporter.metrics();
    const Answer answer = exporter.post(delivery.path, delivery.body, delivery.type);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.type, "application/json");
    EXPECT_EQ(answer.body, delivery.receipt);
    const std::vector<Sample> after = exporter.metrics();
    double events = 0;
    for (const Counted& counted : delivery.counted) {
      const auto now = sum_of(after, counted.metric, counted.labels);
      const auto then = sum_of(before, counted.metric, counted.labels);
      ASSERT_TRUE(now && then) << counted.metric;
      EXPECT_EQ(*now - *then, counted.value)
          << counted.metric << ' ' << ::testing::PrintToString(counted.labels);
      events += counted.value;
    }
    // Nothing else may have been counted by the way.
    const auto all = [](const std::vector<Sample>& samples) {
      return *sum_of(samples, "telephony_errors_total") + *sum_of(samples, "telephony_sessions_total");
    };
    EXPECT_EQ(all(after) - all(before), events);
    const Labels source = {{"source", delivery.source}};
    const std::string received = "telephony_exporter_events_received_total";
    EXPECT_EQ(*sum_of(after, received, source) - *sum_of(before, received, source),
              nlohmann::json::parse(answer.body)["received"]);
  }
}

TEST_F(EndToEndTest, EverySourceOfTheShippedConfigurationIsAmongTheDeliveries) {
  std::set<std::string> delivered, configured;
  for (const Delivery& delivery : deliveries()) delivered.insert(delivery.source);
  for (const Sample& sample : start().metrics()) {
    if (sample.name == "telephony_exporter_source_up") configured.insert(sample.labels.at("source"));
  }
  EXPECT_EQ(delivered, configured);
}

/// Content types of sample files by their endings.
const std::map<std::string, std::string> kTypes = {{".json", "application/json"},
                                                   {".ndjson", "application/x-ndjson"},
                                                   {".form", "application/x-www-form-urlencoded"},
                                                   {".txt", "text/plain"}};

std::string sample_directory(const std::string& source) {
  return SOURCE_DIRECTORY "/tests/testdata/providers/" + source;
}

std::set<std::string> sample_files(const std::string& source) {
  std::set<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(sample_directory(source))) {
    if (kTypes.contains(file.path().extension())) files.insert(file.path());
  }
  return files;
}

/// Posts a file of samples as its ending says, and adds up what the replies say.
nlohmann::json post_samples(const Exporter& exporter, const std::string& path, const std::string& file) {
  const std::string ending = std::filesystem::path(file).extension();
  std::vector<std::string> bodies = {read_text_file(file)};
  if (ending == ".form") {
    std::istringstream lines(bodies.front());
    bodies.clear();
    for (std::string line; std::getline(lines, line);) bodies.push_back(line);
  }
  nlohmann::json sum = nlohmann::json::object();
  for (const std::string& body : bodies) {
    const Answer answer = exporter.post(path, body, kTypes.at(ending));
    EXPECT_EQ(answer.status, 200) << file << ": " << answer.body;
    const auto receipt = nlohmann::json::parse(answer.body);
    for (const char* key : {"received", "counted", "duplicate", "ignored", "rejected"}) {
      sum[key] = sum.value(key, 0) + receipt.at(key).get<int>();
    }
  }
  return sum;
}

TEST_F(EndToEndTest, TheSamplesOfEverySourceGiveWhatTheirReadmeSays) {
  const Exporter& exporter = start();
  const std::regex totals(R"(\n\| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|\n)");
  std::set<std::string> seen;
  for (const Delivery& delivery : deliveries()) {
    if (!seen.insert(delivery.source).second) continue;
    SCOPED_TRACE(delivery.source);
    const std::string readme = read_text_file(sample_directory(delivery.source) + "/README.md");
    std::smatch numbers;
    ASSERT_TRUE(std::regex_search(readme, numbers, totals));
    std::array<int, 5> sum{};
    for (const std::string& file : sample_files(delivery.source)) {
      const nlohmann::json receipt = post_samples(exporter, delivery.path, file);
      std::size_t i = 0;
      for (const char* key : {"received", "counted", "duplicate", "ignored", "rejected"}) {
        sum[i++] += receipt.at(key).get<int>();
      }
    }
    for (std::size_t i = 0; i < sum.size(); ++i)
      EXPECT_EQ(sum[i], std::stoi(numbers[i + 1])) << "column " << i;
  }
}

TEST_F(EndToEndTest, OneTrunkOverflowIsCountedOnceAndExplained) {
  const Exporter& exporter = start();
  EXPECT_EQ(exporter.metric("telephony_errors_total", kTrunkFullLabels), 0);
  const Labels short_labels = error_labels("8x8", "number_masking", "-2010", "trunk_capacity_exceeded");
  EXPECT_EQ(exporter.metric("telephony_last_error_timestamp_seconds", short_labels), 0);

  const auto before =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_EQ(exporter.post(kNumberMasking, kTrunkFull).body, kOneReceived);
  EXPECT_EQ(exporter.post(kNumberMasking, kTrunkFull).body,
            R"({"received":1,"counted":0,"duplicate":1,"ignored":0,"rejected":0})");

  EXPECT_EQ(exporter.metric("telephony_errors_total", kTrunkFullLabels), 1);
  EXPECT_GE(exporter.metric("telephony_last_error_timestamp_seconds", short_labels), before);
  EXPECT_EQ(exporter.metric("telephony_retry_allowed", short_labels), 1);
  EXPECT_GT(exporter.metric("telephony_retry_after_seconds", short_labels), 0);
  EXPECT_EQ(exporter.metric("telephony_exporter_dedup_keys"), 1);

  const Answer explained = exporter.get("/api/v1/explain?code=-2010&provider=8x8");
  EXPECT_EQ(explained.status, 200);
  EXPECT_EQ(explained.type, "application/json");
  const auto answer = nlohmann::json::parse(explained.body);
  EXPECT_EQ(answer.at("status"), "success");
  ASSERT_EQ(answer.at("data").size(), 1U);
  for (const char* key : {"code", "reason", "family", "category", "severity"}) {
    EXPECT_EQ(answer["data"][0].at(key), kTrunkFullLabels.at(key)) << key;
  }
}

TEST_F(EndToEndTest, ARedeliveryUnderTheSameIdempotencyKeyIsADuplicate) {
  const Exporter& exporter = start();
  const std::string line = "errorCode=-2010\n";
  const std::string once =
      exporter.post(kNumberMasking, line, "text/plain", {{"Idempotency-Key", "k1"}}).body;
  const std::string twice =
      exporter.post(kNumberMasking, line, "text/plain", {{"Idempotency-Key", "k1"}}).body;
  const std::string other =
      exporter.post(kNumberMasking, line, "text/plain", {{"Idempotency-Key", "k2"}}).body;
  EXPECT_EQ(once, kOneReceived);
  EXPECT_EQ(twice, R"({"received":1,"counted":0,"duplicate":1,"ignored":0,"rejected":0})");
  EXPECT_EQ(other, kOneReceived);
}

TEST_F(EndToEndTest, AHalfGoodBatchCountsAndSaysWhatWasWrong) {
  const Exporter& exporter = start();
  const Answer answer = exporter.post(
      kNumberMasking,
      "{\"errorDetails\":{\"errorCode\":-2010}}\n{\"errorDetails\":{\"errorCode\":[1]}}\n{\"a\":\n",
      "application/x-ndjson");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(
      answer.body,
      R"({"received":3,"counted":1,"duplicate":0,"ignored":0,"rejected":2,"errors":[)"
      R"({"record":1,"cause":"bad_code","detail":"the error code is neither a number nor a short word"},)"
      R"({"record":2,"cause":"malformed","detail":"line 3 is not JSON: wrong at its end"}]})");
}

/// A reply's status line, headers and body, as they came over the wire.
struct WireReply {
  int status = 0;
  std::string type;
  std::string allow;
  std::string body;
};

WireReply parse_reply(const std::string& text) {
  WireReply reply;
  const std::size_t end = text.find("\r\n\r\n");
  EXPECT_NE(end, text.npos) << text;
  if (end == text.npos) return reply;
  const std::string head = text.substr(0, end + 2);
  std::smatch match;
  if (std::regex_search(head, match, std::regex(R"(^HTTP/1\.1 (\d{3}) )")))
    reply.status = std::stoi(match[1]);
  if (std::regex_search(head, match, std::regex(R"(\r\nContent-Type: (.*)\r\n)"))) reply.type = match[1];
  if (std::regex_search(head, match, std::regex(R"(\r\nAllow: (.*)\r\n)"))) reply.allow = match[1];
  reply.body = text.substr(end + 4);
  return reply;
}

TEST_F(EndToEndTest, EveryRefusalIsAProblemThatSaysWhy) {
  struct Case {
    std::string request;
    int status;
    std::string body;
    std::string cause;  ///< the label that it counts under, or empty when it is no event
  };
  const auto post = [](const std::string& headers, const std::string& body) {
    return "POST /webhooks/8x8/voice HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + "\r\n" + body;
  };
  const auto json = [&](const std::string& body) {
    return post("Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n",
                body);
  };
  const std::vector<Case> cases = {
      {json("{\"payload\":\n {\"a\":}}"), 400,
       R"({"type":"about:blank","title":"Bad Request","status":400,)"
       R"("detail":"is not JSON: wrong at line 2, column 7","cause":"malformed",)"
       R"("errors":[{"record":0,"cause":"malformed","detail":"is not JSON: wrong at line 2, column 7"}]})",
       "malformed"},
      {json(std::string(100, '[') + std::string(100, ']')), 400,
       R"({"type":"about:blank","title":"Bad Request","status":400,)"
       R"("detail":"element 0 is nested deeper than 64 levels","cause":"too_deep",)"
       R"("errors":[{"record":0,"cause":"too_deep","detail":"element 0 is nested deeper than 64 levels"}]})",
       "too_deep"},
      {json(R"({"errorDetails":{"errorCode":{}}})"), 400,
       R"({"type":"about:blank","title":"Bad Request","status":400,)"
       R"("detail":"the error code is neither a number nor a short word","cause":"bad_code",)"
       R"("errors":[{"record":0,"cause":"bad_code","detail":"the error code is neither a number nor a short word"}]})",
       "bad_code"},
      {post("Content-Type: text/plain\r\nContent-Length: 8193\r\n", std::string(8193, 'x')), 400,
       R"({"type":"about:blank","title":"Bad Request","status":400,)"
       R"("detail":"line 1 is longer than 8192 bytes","cause":"too_long",)"
       R"("errors":[{"record":0,"cause":"too_long","detail":"line 1 is longer than 8192 bytes"}]})",
       "too_long"},
      {"POST /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 404,
       R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no source has this path"})", ""},
      {"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404,
       R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no source has this path"})", ""},
      {"GET /webhooks/8x8/voice HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405,
       R"({"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"send events by POST"})",
       ""},
      {post("Content-Type: application/json\r\n", ""), 411,
       R"({"type":"about:blank","title":"Length Required","status":411,)"
       R"("detail":"send Content-Length or Transfer-Encoding: chunked","cause":"malformed"})",
       "malformed"},
      {post("Content-Type: application/json\r\nContent-Length: 1048577\r\n", ""), 413,
       R"({"type":"about:blank","title":"Payload Too Large","status":413,)"
       R"("detail":"a body may have 1048576 bytes","cause":"too_large"})",
       "too_large"},
      {post("Content-Type: text/xml\r\nContent-Length: 4\r\n", "<a/>"), 415,
       R"({"type":"about:blank","title":"Unsupported Media Type","status":415,)"
       R"("detail":"Content-Type is not one of ours; send application/json, application/x-ndjson, )"
       R"(application/x-www-form-urlencoded, text/csv or text/plain","cause":"unsupported_type"})",
       "unsupported_type"},
      {post("Content-Length: 2\r\n", "{}"), 415,
       R"({"type":"about:blank","title":"Unsupported Media Type","status":415,)"
       R"("detail":"Content-Type is missing; send application/json, application/x-ndjson, )"
       R"(application/x-www-form-urlencoded, text/csv or text/plain","cause":"unsupported_type"})",
       "unsupported_type"},
      {post("X-Padding: " + std::string(9000, 'x') + "\r\n", ""), 431,
       R"({"type":"about:blank","title":"Request Header Fields Too Large","status":431,)"
       R"("detail":"a head may have 8192 bytes and 100 fields"})",
       ""},
  };
  const Exporter& exporter = start();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.request.substr(0, 200));
    const std::vector<Sample> before = exporter.metrics();
    const RawConnection connection(exporter.ingest_port());
    connection.send(c.request);
    const WireReply reply = parse_reply(connection.receive_to_end());
    EXPECT_EQ(reply.status, c.status);
    EXPECT_EQ(reply.type, "application/problem+json");
    EXPECT_EQ(reply.body, c.body);
    EXPECT_EQ(reply.allow, c.status == 405 ? "POST" : "");
    const std::vector<Sample> after = exporter.metrics();
    const auto grown = [&](const std::string& name, const Labels& labels) {
      return *sum_of(after, name, labels) - *sum_of(before, name, labels);
    };
    const std::string rejected = "telephony_exporter_rejected_total";
    EXPECT_EQ(grown(rejected, {}), c.cause.empty() ? 0 : 1);
    if (!c.cause.empty()) {
      EXPECT_EQ(grown(rejected, {{"source", "8x8-voice"}, {"cause", c.cause}}), 1);
    }
    const Labels answered = {{"listener", "ingest"}, {"code", std::to_string(c.status)}};
    const std::string requests = "telephony_exporter_http_requests_total";
    EXPECT_EQ(*sum_of(after, requests, answered) - sum_of(before, requests, answered).value_or(0), 1);
  }
}

TEST_F(EndToEndTest, TheContainersConfigurationAsksForTheSecretOfTheEnvironment) {
  const std::string secret = "Bearer kites-over-the-bay";
  const Exporter& exporter = start({kContainer, {}, {{kSecretVariable, secret}}, "0.0.0.0:0"});
  const auto post = [&](const HttpHeaders& headers) {
    return exporter.post(kNumberMasking, kTrunkFull, "application/json", headers);
  };
  for (const HttpHeaders& headers :
       std::vector<HttpHeaders>{{}, {{"Authorization", "Bearer kites-over-the-bat"}}}) {
    const Answer refused = post(headers);
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.type, "application/problem+json");
    EXPECT_EQ(refused.body, R"({"type":"about:blank","title":"Unauthorized","status":401,)"
                            R"("detail":"the secret is missing or wrong","cause":"unauthenticated"})");
    EXPECT_EQ(refused.headers.find("WWW-Authenticate")->second, "Bearer");
  }
  EXPECT_EQ(post({{"Authorization", secret}}).body, kOneReceived);
  EXPECT_EQ(exporter.metric("telephony_exporter_rejected_total",
                            {{"source", "8x8-number-masking"}, {"cause", "unauthenticated"}}),
            2);

  const Answer shown = exporter.get("/config");
  EXPECT_EQ(shown.status, 200);
  EXPECT_THAT(shown.body, HasSubstr("secrets: [<secret>]"));
  for (const std::string& text :
       {shown.body, exporter.get("/").body, exporter.get("/metrics").body, exporter.errors()}) {
    EXPECT_THAT(text, Not(HasSubstr("kites-over")));
  }
}

TEST_F(EndToEndTest, ShowsItsConfigurationWithSecretsMasked) {
  const TemporaryDirectory directory;
  directory.write("secret", "kites-over-the-bay\n");
  const std::string file =
      directory.write("exporter.yml", "providers: [" SOURCE_DIRECTORY R"(/config/providers/8x8.yml]
accounts: {max: 7, allow: {8x8: [acme_sg]}}
sources:
  - {name: one, provider: 8x8, product: voice, webhook: {path: /one, auth: {header: {secrets: [{file: secret}]}}}}
  - {name: two, provider: 8x8, product: sms, webhook: {path: /two, auth: none}}
)");
  const Answer shown = start({file}).get("/config");
  EXPECT_EQ(shown.type, "text/plain; charset=utf-8");
  EXPECT_EQ(shown.body, R"(providers: [8x8]
accounts:
  max: 7
  allow: {8x8: [acme_sg]}
exemplars: {session_id: false}
journal:
  sync: full
  dedup: {retention: 345600s, max_keys: 4000000}
ingest:
  trusted_proxies: []
sources:
  - name: one
    provider: 8x8
    product: voice
    webhook:
      path: /one
      auth:
        header:
          name: Authorization
          secrets: [<secret>]
  - name: two
    provider: 8x8
    product: sms
    webhook:
      path: /two
      auth: none
)");
}

TEST_F(EndToEndTest, AccountsCountWithinTheirBudgetAndTheOthersTogether) {
  const TemporaryDirectory directory;
  const std::string file =
      directory.write("exporter.yml", "providers: [" SOURCE_DIRECTORY R"(/config/providers/8x8.yml]
accounts: {max: 2, allow: {8x8: [acme_sg]}}
sources:
  - {name: one, provider: 8x8, product: number_masking, webhook: {path: /one}}
)");
  const Exporter& exporter = start({file});
  Labels account = error_labels("8x8", "number_masking", "-2010", "trunk_capacity_exceeded");
  account.merge(Labels{{"category", "capacity"}, {"severity", "critical"}, {"account", "acme_sg"}});
  EXPECT_EQ(exporter.metric("telephony_account_errors_total", account), 0)
      << "allowed accounts are there at once";
  for (const char* name : {"acme_sg", "acme_id", "acme_vn", "+12025550123", "acme_sg"}) {
    const std::string body = R"({"payload":{"subAccountId":")" + std::string(name) +
                             R"(","sessionStatus":"ERROR","errorDetails":{"errorCode":-2010}}})";
    EXPECT_EQ(exporter.post("/one", body).body, kOneReceived);
  }
  EXPECT_EQ(exporter.post("/one", R"({"errorDetails":{"errorCode":-2010}})").body, kOneReceived);

  const std::vector<Sample> samples = exporter.metrics();
  const std::map<std::string, double> expected = {{"acme_sg", 2}, {"acme_id", 1}, {"other", 2}};
  std::map<std::string, double> errors, sessions;
  for (const Sample& sample : samples) {
    if (sample.name == "telephony_account_errors_total" && sample.labels.at("code") == "-2010") {
      errors[sample.labels.at("account")] = sample.value;
    }
    if (sample.name == "telephony_account_sessions_total" && sample.labels.at("outcome") == "error") {
      sessions[sample.labels.at("account")] = sample.value;
    }
  }
  EXPECT_EQ(errors, expected);
  EXPECT_EQ(sessions, expected);
  EXPECT_EQ(sum_of(samples, "telephony_errors_total", kTrunkFullLabels), 6) << "one of them named no account";
  EXPECT_EQ(sum_of(samples, "telephony_exporter_accounts"), 2);
  EXPECT_EQ(sum_of(samples, "telephony_exporter_accounts_folded_total"), 2);
  EXPECT_GT(sum_of(samples, "telephony_account_last_error_timestamp_seconds", {{"account", "acme_id"}}), 0);
  EXPECT_THAT(exporter.get("/metrics").body, Not(HasSubstr("2025550123")));
}

/// Sends at least one of everything that has metrics of its own.
void fill(const Exporter& exporter) {
  for (const Delivery& delivery : deliveries()) exporter.post(delivery.path, delivery.body, delivery.type);
  exporter.post(kNumberMasking, R"({"errorDetails":{"errorCode":-2999}})");
  exporter.post(kNumberMasking, R"({"payload":{"sessionId":"long","sessionStatus":"COMPLETED",
      "subAccountId":"acme_sg","endTime":"2026-01-13T08:29:43Z","details":{"callA":{"callDuration":31,
      "initiatedTimestamp":"2026-01-13T08:29:06Z","connectedTimestamp":"2026-01-13T08:29:12Z",
      "callQuality":{"mos":4.4,"packetLossRate":0.5,"jitter":18}}}}})");
  exporter.post(kNumberMasking, "{");
  exporter.post(kNumberMasking, R"({"payload":{"eventId":"e1","callId":"c1","sessionId":"open",
      "subAccountId":"acme","callStatus":"CALL_CONNECTED"},"eventType":"CALL_STATUS"})");
  for (int i = 0; i < 20; ++i) {  // until the account's wait is longer than the catalog's
    std::string again = kTrunkFull;
    again.replace(again.find("1f048a84"), 8, "again" + std::to_string(i));
    exporter.post(kNumberMasking, again);
  }
  EXPECT_TRUE(eventually(std::chrono::seconds(30), [&] {
    return exporter.metric("telephony_trunk_recommended_calls").has_value();
  })) << "traffic is known a second after the first call";
}

TEST_F(EndToEndTest, PromtoolFindsNothingWrongWithThePage) {
  const Exporter& exporter = start();
  fill(exporter);
  const Answer page = exporter.get("/metrics");
  EXPECT_EQ(page.type, "text/plain; version=0.0.4; charset=utf-8");
  const Finished promtool = run({"/usr/bin/promtool", "check", "metrics"}, {}, page.body);
  EXPECT_EQ(promtool.exit_code, 0);
  EXPECT_EQ(promtool.output, "");
  EXPECT_EQ(promtool.errors, "");
}

TEST_F(EndToEndTest, TheMetricsPageOfTheDocumentsIsTheMetricsPage) {
  std::map<std::string, std::string> documented, served;
  std::istringstream document(read_text_file(SOURCE_DIRECTORY "/docs/metrics.md"));
  for (std::string line; std::getline(document, line);) {
    const std::size_t name_end = line.find("` | ", 3);
    if (!line.starts_with("| `telephony_") && !line.starts_with("| `process_")) continue;
    const std::string name = line.substr(3, name_end - 3);
    const std::string rest = line.substr(name_end + 4);
    EXPECT_TRUE(documented.emplace(name, rest.substr(0, rest.find(' '))).second) << name << " is there twice";
  }
  const Exporter& exporter = start();
  fill(exporter);
  std::istringstream page(exporter.get("/metrics").body);
  for (std::string line; std::getline(page, line);) {
    constexpr std::string_view kType = "# TYPE ";
    if (!line.starts_with(kType)) continue;
    const std::size_t space = line.find(' ', kType.size());
    served[line.substr(kType.size(), space - kType.size())] = line.substr(space + 1);
  }
  EXPECT_EQ(documented, served);
}

TEST_F(EndToEndTest, EveryMetricHasTheLabelsThatAreDocumented) {
  const std::set<std::string> entry = {"provider", "product", "code", "reason"};
  const auto with = [](std::set<std::string> names, std::initializer_list<std::string> more) {
    names.insert(more);
    return names;
  };
  const std::string exporter_prefix = "telephony_exporter_";
  const std::set<std::string> account = {"provider", "product", "account"};
  std::map<std::string, std::set<std::string>> documented = {
      {"telephony_errors_total", with(entry, {"family", "category", "severity"})},
      {"telephony_sessions_total", {"provider", "product", "outcome"}},
      {"telephony_account_errors_total", with(entry, {"account", "category", "severity"})},
      {"telephony_account_sessions_total", {"provider", "product", "account", "outcome"}},
      {"telephony_error_info", with(entry, {"family", "category", "severity", "retry", "message", "remedy"})},
      {"telephony_retry_allowed", entry},
      {"telephony_retry_after_seconds", entry},
      {"telephony_retry_not_before_timestamp_seconds", entry},
      {"telephony_account_retry_after_seconds", with(entry, {"account"})},
      {"telephony_last_error_timestamp_seconds", entry},
      {"telephony_account_last_error_timestamp_seconds", with(entry, {"account"})},
      {"telephony_call_values_rejected_total", {"provider", "product", "field"}},
      {"telephony_events_from_the_future_total", {"provider", "product"}},
      {"telephony_trunk_limit_calls", with(account, {"source"})},
      {"telephony_trunk_recommended_calls", with(account, {"target_blocking"})},
      {exporter_prefix + "calls_expired_total", {}},
      {exporter_prefix + "calls_dropped_total", {}},
      {exporter_prefix + "events_received_total", {"source"}},
      {exporter_prefix + "events_total", {"source", "result"}},
      {exporter_prefix + "rejected_total", {"source", "cause"}},
      {exporter_prefix + "unlisted_codes_total", {"provider"}},
      {exporter_prefix + "source_up", {"source"}},
      {exporter_prefix + "source_truncations_total", {"source"}},
      {exporter_prefix + "source_lag_seconds", {"source"}},
      {exporter_prefix + "source_lag_bytes", {"source"}},
      {exporter_prefix + "journal_healthy", {}},
      {exporter_prefix + "journal_commits_total", {}},
      {exporter_prefix + "journal_commit_seconds_count", {}},
      {exporter_prefix + "journal_commit_seconds_sum", {}},
      {exporter_prefix + "journal_bytes", {}},
      {exporter_prefix + "journal_quarantined_timestamp_seconds", {}},
      {exporter_prefix + "queue_events", {}},
      {exporter_prefix + "dedup_keys", {}},
      {exporter_prefix + "dedup_window_seconds", {}},
      {exporter_prefix + "accounts", {}},
      {exporter_prefix + "accounts_folded_total", {}},
      {exporter_prefix + "http_requests_total", {"listener", "code"}},
      {exporter_prefix + "build_info", {"version", "compiler"}},
      {exporter_prefix + "config_last_reload_successful", {}},
      {exporter_prefix + "config_last_reload_success_timestamp_seconds", {}},
      {"process_cpu_seconds_total", {}},
      {"process_open_fds", {}},
      {"process_max_fds", {}},
      {"process_virtual_memory_bytes", {}},
      {"process_resident_memory_bytes", {}},
      {"process_start_time_seconds", {}},
  };
  for (const char* gauge :
       {"concurrent_calls", "concurrent_calls_peak", "trunk_utilization_ratio", "trunk_carried_erlangs",
        "trunk_offered_erlangs", "trunk_blocking_ratio", "trunk_busy_hour_erlangs"}) {
    documented.emplace("telephony_" + std::string(gauge), account);
  }
  for (const char* histogram : {"call_duration_seconds", "call_setup_seconds", "call_mos",
                                "call_packet_loss_ratio", "call_jitter_seconds", "event_lag_seconds"}) {
    const std::string name = std::string("telephony_") + histogram;
    documented.insert(
        {{name + "_bucket", with(account, {"le"})}, {name + "_count", account}, {name + "_sum", account}});
  }
  const Exporter& exporter = start();
  fill(exporter);
  std::map<std::string, std::set<std::string>> shown;
  for (const Sample& sample : exporter.metrics()) {
    std::set<std::string> names;
    for (const auto& [name, value] : sample.labels) names.insert(name);
    const auto [known, is_new] = shown.emplace(sample.name, names);
    EXPECT_EQ(known->second, names) << sample.name;
  }
  EXPECT_EQ(shown, documented);
}

TEST_F(EndToEndTest, ClosedSetsOfLabelValuesAreThereAtZero) {
  const std::vector<Sample> samples = start().metrics();
  for (const char* outcome : {"completed", "no_answer", "busy", "canceled", "failed", "error", "other"}) {
    EXPECT_EQ(sum_of(samples, "telephony_sessions_total", {{"outcome", outcome}, {"provider", "synthflow"}}),
              0);
  }
  for (const char* result : {"counted", "duplicate", "ignored", "rejected"}) {
    EXPECT_EQ(sum_of(samples, "telephony_exporter_events_total", {{"source", "8x8-sms"}, {"result", result}}),
              0);
  }
  for (const char* cause : {"malformed", "too_large", "too_long", "too_deep", "unsupported_type",
                            "unauthenticated", "not_allowed", "bad_code", "unavailable", "timeout"}) {
    EXPECT_EQ(
        sum_of(samples, "telephony_exporter_rejected_total", {{"source", "synthflow"}, {"cause", cause}}), 0);
  }
  for (const char* provider : {"8x8", "synthflow", "restcomm"}) {
    EXPECT_EQ(sum_of(samples, "telephony_exporter_unlisted_codes_total", {{"provider", provider}}), 0);
  }
}

/// What the shipped sources can send: provider and product.
const std::set<std::pair<std::string, std::string>> kStreams = {
    {"8x8", "number_masking"}, {"8x8", "voice"},      {"8x8", "sms"},
    {"synthflow", "voice"},    {"restcomm", "voice"}, {"restcomm", "sms"}};

TEST_F(EndToEndTest, EveryEntryThatCanArriveIsThereAtZeroAndNoOther) {
  const Finished listed = run_exporter({"catalog", "--json", "--config.file", kShipped});
  ASSERT_EQ(listed.exit_code, 0) << listed.errors;
  std::map<Labels, double> expected;
  std::set<Labels> families;
  for (const auto& entry : nlohmann::json::parse(listed.output)) {
    for (const std::string product : entry.at("products")) {
      const std::string provider = entry.at("provider");
      // SIP 1xx and 2xx are no errors.
      if (!kStreams.contains({provider, product})) continue;
      if (entry.at("family") == "provisional" || entry.at("family") == "success") continue;
      // Nor is the normal ending of Q.850.
      if (entry.at("family") == "normal_event" && entry.at("code") == "16") continue;
      Labels labels = {{"provider", provider}, {"product", product}};
      for (const char* key : {"code", "reason", "family", "category", "severity"})
        labels[key] = entry.at(key);
      expected[labels] = 0;
      families.insert({{"provider", provider}, {"product", product}, {"family", entry.at("family")}});
    }
  }
  EXPECT_GT(expected.size(), 200U);

  const std::vector<Sample> samples = start().metrics();
  std::map<Labels, double> shown;
  for (const Sample& sample : samples) {
    if (sample.name == "telephony_errors_total" && sample.labels.at("code") != "unlisted") {
      shown[sample.labels] = sample.value;
    }
  }
  EXPECT_EQ(shown, expected);

  const auto add_families = [&](const std::string& provider, const std::string& product,
                                const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      families.insert({{"provider", provider}, {"product", product}, {"family", name}});
    }
  };
  for (const auto& [provider, product] : kStreams) add_families(provider, product, {"unknown"});
  for (const char* product : {"voice", "sms"}) {
    add_families("restcomm", product,
                 {"generic",
                  "call",
                  "rcml",
                  "rcml_gather",
                  "rcml_dial",
                  "rcml_say",
                  "rcml_reject",
                  "provisioning",
                  "number_provisioning",
                  "client_provisioning",
                  "account_provisioning",
                  "media_gateway",
                  "extension",
                  "sms",
                  "normal_event",
                  "resource_unavailable",
                  "service_unavailable",
                  "service_not_implemented",
                  "invalid_message",
                  "protocol_error",
                  "interworking"});
  }
  add_families("synthflow", "voice", {"request_failure", "server_failure", "global_failure"});
  for (const char* product : {"number_masking", "voice"}) {
    add_families("8x8", product,
                 {"internal", "connectivity", "coverage", "call_flow", "permission", "capacity"});
  }
  add_families("8x8", "sms", {"sms_delivery"});
  for (Labels family : families) {
    family.merge(Labels{{"code", "unlisted"}, {"reason", "unlisted"}});
    EXPECT_EQ(sum_of(samples, "telephony_errors_total", family), 0) << ::testing::PrintToString(family);
  }
}

TEST_F(EndToEndTest, UnlistedCodesCountInTheirFamilyAndAreShown) {
  const Exporter& exporter = start();
  exporter.post("/webhooks/restcomm/voice", "CallSid=CA-1&CallStatus=failed&ReasonCode=1299",
                "application/x-www-form-urlencoded");
  exporter.post("/webhooks/restcomm/voice", "CallSid=CA-2&CallStatus=failed&ReasonCode=1299",
                "application/x-www-form-urlencoded");
  exporter.post("/webhooks/synthflow", "Telephony - 403 - No such thing for +12025550123\n", "text/plain");
  const std::vector<Sample> samples = exporter.metrics();
  EXPECT_EQ(
      sum_of(samples, "telephony_errors_total",
             {{"provider", "restcomm"}, {"code", "unlisted"}, {"reason", "unlisted"}, {"family", "generic"}}),
      2);
  EXPECT_EQ(sum_of(samples, "telephony_errors_total",
                   {{"provider", "synthflow"}, {"code", "403"}, {"reason", "forbidden"}}),
            1);
  EXPECT_EQ(sum_of(samples, "telephony_exporter_unlisted_codes_total"), 3);

  const Answer shown = exporter.get("/api/v1/unlisted");
  EXPECT_EQ(shown.type, "application/json");
  nlohmann::json answer = nlohmann::json::parse(shown.body);
  const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)");
  for (auto& code : answer.at("data")) {
    for (const char* key : {"first_seen", "last_seen"}) {
      EXPECT_TRUE(std::regex_match(code.at(key).get<std::string>(), time)) << code;
      code.erase(key);
    }
  }
  EXPECT_EQ(answer, nlohmann::json::parse(R"({"status":"success","data":[
    {"provider":"synthflow","product":"voice","code":"403","text":"no such thing for","family":"request_failure","count":1},
    {"provider":"restcomm","product":"voice","code":"1299","text":"","family":"generic","count":2}]})"));
}

TEST_F(EndToEndTest, AnswersItsProbesAndPages) {
  const Exporter& exporter = start();
  struct Case {
    std::string path;
    int status;
    std::string type;
    std::string body;
  };
  const std::vector<Case> cases = {
      {"/-/healthy", 200, "text/plain; charset=utf-8", "Healthy\n"},
      {"/-/ready", 200, "text/plain; charset=utf-8", "Ready\n"},
      {"/nowhere", 404, "application/problem+json",
       R"({"detail":"there is nothing at this path","status":404,"title":"Not Found","type":"about:blank"})"
       "\n"},
      {"/-/reload", 405, "application/problem+json",
       R"({"detail":"this path does not take that method","status":405,"title":"Method Not Allowed","type":"about:blank"})"
       "\n"},
      {"/api/v1/explain?code=nothing-like-it", 404, "application/problem+json",
       R"({"detail":"no catalog knows this code or text","status":404,"title":"Not Found","type":"about:blank"})"
       "\n"},
      {"/api/v1/unlisted", 200, "application/json", "{\"data\":[],\"status\":\"success\"}\n"},
  };
  for (const Case& c : cases) {
    const Answer answer = exporter.get(c.path);
    EXPECT_EQ(answer.status, c.status) << c.path;
    EXPECT_EQ(answer.type, c.type) << c.path;
    EXPECT_EQ(answer.body, c.body) << c.path;
  }
  const Answer landing = exporter.get("/?q=-2010");
  EXPECT_EQ(landing.status, 200);
  EXPECT_EQ(landing.type, "text/html; charset=utf-8");
  EXPECT_THAT(landing.body, HasSubstr("trunk_capacity_exceeded"));
}

TEST_F(EndToEndTest, ServesTheMetricsAtThePathThatIsAskedFor) {
  const Exporter& exporter = start({"", {"--web.telemetry-path=/telephony"}});
  EXPECT_EQ(exporter.get("/telephony").status, 200);
  EXPECT_EQ(exporter.get("/metrics").status, 404);
  expect_conserved(parse_metrics(exporter.get("/telephony").body));
  stop_exporter();
}

/// A request head for `body`, and a body that is still to come.
std::string request_head(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n";
}

TEST_F(EndToEndTest, ARequestInFlightIsAnsweredWhenItIsToldToStop) {
  Exporter& exporter = start();
  const std::string body = kTrunkFull;
  const RawConnection slow(exporter.ingest_port());
  slow.send(request_head(kNumberMasking, body) + body.substr(0, 10));
  const RawConnection idle(exporter.ingest_port());
  idle.send(request_head(kNumberMasking, body) + body);
  idle.receive_until(kOneReceived);  // whoever is heard later has been read as well

  const auto begin = std::chrono::steady_clock::now();
  exporter.process().signal(SIGTERM);
  ASSERT_TRUE(
      eventually(kStopsWithin, [&] { return exporter.errors().find("msg=stopping") != std::string::npos; }));
  slow.send(body.substr(10));
  const WireReply reply = parse_reply(slow.receive_to_end());
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"received":1,"counted":0,"duplicate":1,"ignored":0,"rejected":0})");
  EXPECT_EQ(idle.receive_to_end(), "");
  EXPECT_EQ(exporter.process().wait(kStopsWithin), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kStopsWithin);
  EXPECT_THAT(exporter.errors(), HasSubstr("msg=stopped"));
  stop_exporter();
}

TEST_F(EndToEndTest, IdleAndStalledClientsDoNotKeepItFromStopping) {
  Exporter& exporter = start();
  const RawConnection silent_ingest(exporter.ingest_port());
  const RawConnection silent_web(exporter.web_port());
  const RawConnection kept_web(exporter.web_port());
  kept_web.send("GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n");
  kept_web.receive_until("Healthy\n");
  const RawConnection stalled_web(exporter.web_port());
  stalled_web.send("GET /metrics HT");
  const RawConnection stalled_ingest(exporter.ingest_port());
  stalled_ingest.send(request_head(kNumberMasking, kTrunkFull) + "{");

  const auto begin = std::chrono::steady_clock::now();
  exporter.process().signal(SIGTERM);
  EXPECT_EQ(exporter.process().wait(kStopsWithin), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kStopsWithin);
  stop_exporter();
}

TEST_F(EndToEndTest, StopsOnInterruptToo) {
  Exporter& exporter = start();
  exporter.process().signal(SIGINT);
  EXPECT_EQ(exporter.process().wait(kStopsWithin), 0);
  stop_exporter();
}

TEST(StartTest, RefusesAnAddressThatOthersReachWithoutAuthentication) {
  const TemporaryDirectory directory;
  const std::string file =
      directory.write("exporter.yml", "providers: [" SOURCE_DIRECTORY R"(/config/providers/8x8.yml]
sources:
  - {name: one, provider: 8x8, product: sms, webhook: {path: /one, auth: none}}
  - {name: two, provider: 8x8, product: voice, webhook: {path: /two}}
)");
  for (const std::string address : {":0", "0.0.0.0:0", "[::]:0"}) {
    const Finished refused = run_exporter(
        {"--config.file", file, "--web.listen-address=127.0.0.1:0", "--ingest.listen-address=" + address});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(refused.output, "");
    EXPECT_EQ(refused.errors,
              file + ":4:12: source 'two' has no 'auth', and ingest address '" + address +
                  "' can be reached from other hosts; add 'auth', or 'auth: none' to accept anybody\n");
  }
}

TEST(StartTest, RefusesTheContainersConfigurationWithoutItsSecret) {
  const Finished refused = run_exporter(
      {"--config.file", kContainer, "--web.listen-address=127.0.0.1:0", "--ingest.listen-address=:0"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors,
              ::testing::MatchesRegex(std::string(kContainer) + ":[0-9]+:[0-9]+: environment variable '" +
                                      kSecretVariable + "' is not set\n"));
}

/// A loopback port that is taken.
class TakenPort {
 public:
  TakenPort() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(socket_, 1), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~TakenPort() { close(socket_); }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;

  const std::string& address() const { return address_; }

 private:
  int socket_;
  std::string address_;
};

TEST(StartTest, SaysWhichAddressIsInUse) {
  const TakenPort taken;
  const std::string free = "127.0.0.1:0";
  for (const auto& [web, ingest] : {std::pair{taken.address(), free}, std::pair{free, taken.address()}}) {
    const Finished refused = run_exporter(
        {"--config.file", kShipped, "--web.listen-address=" + web, "--ingest.listen-address=" + ingest});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(refused.output, "");
    EXPECT_EQ(refused.errors, "cannot listen on " + taken.address() + ": Address already in use\n");
  }
}

TEST_F(EndToEndTest, NothingThatWasSentIsLogged) {
  const Exporter& exporter = start({"", {"--log.level=debug"}});
  std::set<std::string> seen;
  for (const Delivery& delivery : deliveries()) {
    if (!seen.insert(delivery.source).second) continue;
    for (const std::string& file : sample_files(delivery.source)) post_samples(exporter, delivery.path, file);
  }
  exporter.post("/webhooks/restcomm/voice", "CallSid=kite-1&CallStatus=failed&ReasonCode=12025550123",
                "application/x-www-form-urlencoded");
  exporter.post("/webhooks/synthflow", "Telephony - 12025550123 - kite-2\n", "text/plain");
  exporter.post("/webhooks/synthflow", "{\"kite-3\":", "application/json", {{"Idempotency-Key", "kite-4"}});
  exporter.post("/webhooks/synthflow?kite-5", "kite-6", "text/kite-7", {{"Authorization", "kite-8"}});
  exporter.get("/api/v1/explain?code=kite-9&provider=8x8");
  const std::string log = exporter.errors();
  EXPECT_THAT(log, HasSubstr("a code is not in the catalog")) << "something was logged";
  for (const char* sent : {"kite", "2025550", "6149157", "4420794", "acme", "Jo Example", "model-", "AC0a1b",
                           "CA-", "SM-", "transcript", "6008f9b7"}) {
    EXPECT_THAT(log, Not(HasSubstr(sent)));
  }
  const std::regex line(
      "ts=[^ ]+ level=(debug|info|warn|error) msg=(\"[^\"]*\"|[a-z]+)( [a-z]+=(\"[^\"]*\"|[^ ]+))*");
  std::istringstream lines(log);
  for (std::string text; std::getline(lines, text);) EXPECT_TRUE(std::regex_match(text, line)) << text;
}

}  // namespace
}  // namespace telephony
