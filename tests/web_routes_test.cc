// Every page of the web listener, its statuses and its headers.
#include <cstdio>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

#include "telephony_exporter/expose/exposition.h"
#include "web_fixture.h"

namespace telephony {
namespace {

using testing::TempDir;

using WebRoutesTest = WebServerTest;

constexpr const char* kPage =
    "# HELP padded Padded.\n# TYPE padded gauge\npadded{pad=\"0xxx\"} 0\npadded{pad=\"1xxx\"} 0\n";

std::string gunzip(const std::string& bytes) {
  const std::string file = TempDir() + "web_routes_test." + std::to_string(getpid()) + ".gz";
  std::ofstream(file, std::ios::binary) << bytes;
  FILE* pipe = popen(("gzip -dc " + file).c_str(), "r");
  std::string text;
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) text += static_cast<char>(c);
  EXPECT_EQ(pclose(pipe), 0);
  std::remove(file.c_str());
  return text;
}

void expect_problem(const WebReply& reply, int status) {
  EXPECT_EQ(reply.status, status);
  EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
  const auto problem = nlohmann::json::parse(reply.body);
  EXPECT_EQ(problem["status"], status);
  EXPECT_EQ(problem["type"], "about:blank");
  EXPECT_FALSE(problem["title"].get<std::string>().empty());
  EXPECT_FALSE(problem["detail"].get<std::string>().empty());
}

TEST_F(WebRoutesTest, MetricsAreText004) {
  const auto reply = ask("GET /metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), content_type(PageFormat::text));
  EXPECT_EQ(reply.body, kPage);
  EXPECT_EQ(reply.header("Content-Encoding"), "");
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(replied(200), 1);
}

TEST_F(WebRoutesTest, MetricsAreCompressedForThoseWhoAsk) {
  const auto reply = ask("GET /metrics", "accept-encoding: br, GZip;q=0.5\r\n");
  EXPECT_EQ(reply.header("Content-Encoding"), "gzip");
  EXPECT_EQ(gunzip(reply.body), kPage);
  EXPECT_EQ(gunzip(ask("GET /-/healthy", "Accept-Encoding: gzip\r\n").body), "Healthy\n");
  EXPECT_EQ(ask("GET /metrics", "Accept-Encoding: gzip;q=0\r\n").body, kPage);
  EXPECT_EQ(ask("GET /metrics", "Accept-Encoding: br\r\n").body, kPage);
}

TEST_F(WebRoutesTest, QualitiesOfCodingsCount) {
  const auto coding = [&](const std::string& header) {
    return ask("GET /metrics", header).header("Content-Encoding");
  };
  for (const std::string wanted : {"gzip", "x-gzip", "*", "gzip;q=0.001", "identity;q=0.5, gzip",
                                   "*;q=0, gzip;q=1", "gzip, identity", "br;q=1, deflate, gzip;q=0.2"}) {
    EXPECT_EQ(coding("Accept-Encoding: " + wanted + "\r\n"), "gzip") << wanted;
  }
  for (const std::string unwanted : {"identity", "gzip;q=0", "gzip; q=0.000", "*;q=0", "gzip;q=0.5, identity",
                                     "gzip;q=x", "gzip;q=2", "gzip;q=-1", "gzip;q=0, *", "gzipp", ""}) {
    EXPECT_EQ(coding("Accept-Encoding: " + unwanted + "\r\n"), "") << unwanted;
  }
  EXPECT_EQ(coding("Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n"), "gzip") << "two fields are one list";
}

TEST_F(WebRoutesTest, AcceptChoosesTheFormat) {
  const auto plain = ask("GET /metrics", "Accept: text/plain\r\n");
  EXPECT_EQ(plain.header("Content-Type"), content_type(PageFormat::text));
  EXPECT_EQ(plain.header("Vary"), "Accept, Accept-Encoding");
  const auto open =
      ask("GET /metrics", "Accept: text/plain;q=0.5\r\naccept: application/openmetrics-text\r\n");
  EXPECT_EQ(open.header("Content-Type"), content_type(PageFormat::openmetrics));
  EXPECT_EQ(open.header("Vary"), "Accept, Accept-Encoding");
  EXPECT_EQ(ask("GET /-/healthy").header("Vary"), "Accept-Encoding");
  EXPECT_EQ(metrics_.collected, 2);
}

TEST_F(WebRoutesTest, MetricsMoveWithTheTelemetryPath) {
  telemetry_path_ = "/a.b(c";
  EXPECT_EQ(ask("GET /a.b(c").body, kPage);
  EXPECT_EQ(ask("GET /a.b%28c").body, kPage);
  expect_problem(ask("GET /axb(c"), 404);
  expect_problem(ask("GET /metrics"), 404);
  EXPECT_NE(ask("GET /").body.find("href=\"/a.b(c\""), std::string::npos);
}

TEST_F(WebRoutesTest, EachScrapeIsFresh) {
  auto connection = client();
  for (int i = 1; i <= 3; ++i) {
    connection.send("GET /metrics HTTP/1.1\r\n\r\n");
    EXPECT_EQ(connection.read().status, 200);
    EXPECT_EQ(metrics_.collected, i);
  }
}

TEST_F(WebRoutesTest, HeadWorksWhereGetDoes) {
  for (const std::string path : {"/metrics", "/", "/-/healthy", "/-/ready", "/config", "/api/v1/unlisted"}) {
    const auto head = ask("HEAD " + path);
    EXPECT_EQ(head.status, 200) << path;
    EXPECT_EQ(head.header("Content-Length"), std::to_string(ask("GET " + path).body.size())) << path;
  }
}

TEST_F(WebRoutesTest, HealthAndReadiness) {
  EXPECT_EQ(ask("GET /-/healthy").body, "Healthy\n");
  EXPECT_EQ(ask("GET /-/ready").body, "Ready\n");
  ready_ = false;
  EXPECT_EQ(ask("GET /-/ready").status, 503);
  EXPECT_EQ(ask("GET /-/ready").body, "Not ready\n");
  EXPECT_EQ(ask("GET /-/healthy").status, 200);
}

TEST_F(WebRoutesTest, ConfigurationHidesSecrets) {
  const auto reply = ask("GET /config");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_NE(reply.body.find("/webhooks/acme"), std::string::npos);
  EXPECT_EQ(reply.body.find("hunter2"), std::string::npos);
}

TEST_F(WebRoutesTest, ReloadTakesPostAndPut) {
  EXPECT_EQ(ask("POST /-/reload").status, 200);
  EXPECT_EQ(ask("PUT /-/reload", "Content-Length: 0\r\n").status, 200);
  const auto refused = ask("GET /-/reload");
  expect_problem(refused, 405);
  EXPECT_EQ(refused.header("Allow"), "POST, PUT");
}

TEST_F(WebRoutesTest, ReloadSaysWhatIsWrong) {
  reload_ = [] { return std::string("c.yml:1:2: what"); };
  const auto reply = ask("POST /-/reload");
  expect_problem(reply, 500);
  EXPECT_EQ(nlohmann::json::parse(reply.body)["detail"], "c.yml:1:2: what");
}

TEST_F(WebRoutesTest, ReloadsDoNotQueueUp) {
  std::promise<void> release;
  std::atomic<bool> entered = false;
  reload_ = [&, released = release.get_future().share()] {
    entered = true;
    released.wait();
    return std::string();
  };
  auto first = client();
  first.send("POST /-/reload HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(becomes_true([&] { return entered.load(); }));
  const auto second = ask("POST /-/reload");
  expect_problem(second, 503);
  EXPECT_EQ(second.header("Retry-After"), "1");
  EXPECT_EQ(ask("GET /metrics").status, 200);
  release.set_value();
  EXPECT_EQ(first.read().status, 200);
}

TEST_F(WebRoutesTest, AnExceptionTellsTheClientNothing) {
  reload_ = []() -> std::string { throw std::runtime_error("confidential"); };
  const auto reply = ask("POST /-/reload");
  expect_problem(reply, 500);
  EXPECT_EQ((reply.head + reply.body).find("confidential"), std::string::npos);
  EXPECT_NE(logged().find("a web request failed"), std::string::npos);
}

TEST_F(WebRoutesTest, ExplainsCodes) {
  for (const std::string query : {"code=403", "q=403", "code=403&provider=acme", "code=403&provider="}) {
    const auto reply = ask("GET /api/v1/explain?" + query);
    EXPECT_EQ(reply.status, 200) << query;
    EXPECT_EQ(reply.header("Content-Type"), "application/json");
    const auto answer = nlohmann::json::parse(reply.body);
    EXPECT_EQ(answer["status"], "success");
    ASSERT_EQ(answer["data"].size(), 2U) << query;
    EXPECT_EQ(answer["data"][0]["reason"], "forbidden");
    EXPECT_EQ(answer["data"][1]["reason"], "blacklisted");
  }
}

TEST_F(WebRoutesTest, ExplainRefusesWhatItCannotAnswer) {
  expect_problem(ask("GET /api/v1/explain"), 400);
  expect_problem(ask("GET /api/v1/explain?code="), 400);
  expect_problem(ask("GET /api/v1/explain?code=403&provider=nobody"), 400);
  expect_problem(ask("GET /api/v1/explain?code=no+such+words"), 404);
  expect_problem(ask("GET /api/v1/explain?code=%ff%fe%00"), 404);
}

TEST_F(WebRoutesTest, ListsUnlistedCodes) {
  EXPECT_EQ(ask("GET /api/v1/unlisted").body, "{\"data\":[],\"status\":\"success\"}\n");
  const WallTime seen{std::chrono::seconds{1'700'000'000}};
  const UnlistedCode code = {"acme", "voice", "499", "odd \"thing\"", "unknown", 1, seen, seen};
  const UnlistedCodes::Seen once{&code};
  unlisted_.add({&once, 1}, seen);
  const auto data = nlohmann::json::parse(ask("GET /api/v1/unlisted").body)["data"];
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data[0]["provider"], "acme");
  EXPECT_EQ(data[0]["product"], "voice");
  EXPECT_EQ(data[0]["code"], "499");
  EXPECT_EQ(data[0]["text"], "odd \"thing\"");
  EXPECT_EQ(data[0]["family"], "unknown");
  EXPECT_EQ(data[0]["count"], 1);
  EXPECT_EQ(data[0]["first_seen"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(data[0]["last_seen"], "2023-11-14T22:13:20Z");
  EXPECT_NE(ask("GET /").body.find("Unlisted codes (1)"), std::string::npos);
}

TEST_F(WebRoutesTest, EverythingElseIsAProblem) {
  expect_problem(ask("GET /nothing"), 404);
  expect_problem(ask("POST /nothing"), 404);
  expect_problem(ask("GET /metrics/"), 404);
  expect_problem(ask("GET /%2e%2e/etc/passwd"), 404);
  expect_problem(ask("GET *"), 404);
  for (const std::string method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"}) {
    const auto reply = ask(method + " /metrics");
    expect_problem(reply, 405);
    EXPECT_EQ(reply.header("Allow"), "GET, HEAD");
  }
  EXPECT_EQ(replied(404), 5);
  EXPECT_EQ(replied(405), 6);
}

TEST_F(WebRoutesTest, LandingPageShowsSourcesAndCatalogs) {
  const auto reply = ask("GET /");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(reply.header("Content-Security-Policy").find("default-src 'none'"), 0U);
  for (const std::string expected :
       {"#e6522c", "href=\"/metrics\"", "href=\"/config\"", "href=\"/-/healthy\"", "href=\"/-/ready\"",
        "href=\"/api/v1/unlisted\"", "acme-voice", "/webhooks/acme", "/var/log/&lt;acme&gt;.log",
        "127.0.0.1:10066", "<option value=\"acme\">Acme &amp; Sons</option>", "<td class=\"count\">3</td>"}) {
    EXPECT_NE(reply.body.find(expected), std::string::npos) << expected;
  }
  EXPECT_EQ(reply.body.find("hunter2"), std::string::npos);
  EXPECT_EQ(reply.body.find("{{"), std::string::npos);
  EXPECT_EQ(reply.body.find("<script"), std::string::npos);
}

TEST_F(WebRoutesTest, LandingPageExplains) {
  const auto body = ask("GET /?q=403&provider=acme").body;
  for (const std::string expected :
       {"2 meanings", "forbidden", "blacklisted", "<article class=\"critical\">", "<code>policy</code>",
        "<code>request_failure</code>", "&ldquo;Number blacklisted&rdquo;", "Ask for permission.",
        "The call is &lt;b&gt;not&lt;/b&gt; allowed.", "after 5 seconds, growing to 5 minutes",
        "href=\"https://example.com/codes?a=1&amp;b=2\"", "value=\"403\"", "value=\"acme\" selected",
        "href=\"/api/v1/explain?code=403&amp;provider=acme\""}) {
    EXPECT_NE(body.find(expected), std::string::npos) << expected;
  }
}

TEST_F(WebRoutesTest, LandingPageEscapesWhatItIsAsked) {
  for (const std::string query : {"%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "\"><script>alert(1)</script>",
                                  "%7B%7B!style%7D%7D<img/src=x>", "'onmouseover='x"}) {
    const auto reply = ask("GET /?q=" + query + "&provider=" + query);
    EXPECT_EQ(reply.status, 200) << query;
    EXPECT_EQ(reply.body.find("<script"), std::string::npos) << query;
    EXPECT_EQ(reply.body.find("<img"), std::string::npos) << query;
    EXPECT_EQ(reply.body.find("'onmouseover"), std::string::npos) << query;
  }
}

TEST_F(WebRoutesTest, QuestionMarksMayStandInAQuery) {
  EXPECT_EQ(ask("GET /-/healthy?a=b?c?d").status, 200);
  EXPECT_NE(ask("GET /?q=what??").body.find("value=\"what??\""), std::string::npos);
}

TEST_F(WebRoutesTest, RequestHeadersAreNotEchoedOrBelieved) {
  const auto reply =
      ask("GET /metrics",
          "X-A: a%0d%0aInjected: 1\r\nREMOTE_ADDR: 6.6.6.6\r\nRange: bytes=0-1\r\nX-Arrived: 1\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, kPage);
  EXPECT_EQ(reply.head.find("Injected"), std::string::npos);
  EXPECT_EQ(reply.head.find("6.6.6.6"), std::string::npos);
}

}  // namespace
}  // namespace telephony
