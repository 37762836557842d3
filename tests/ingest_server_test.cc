#include "telephony_exporter/source/ingest_server.h"

#include <atomic>

#include "ingest_fixture.h"
#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

constexpr std::string_view kCounted = R"({"received":1,"counted":1,"duplicate":0,"ignored":0,"rejected":0})";
constexpr std::string_view kChunkedHead =
    "POST /hooks/open HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n";

std::string with(std::string_view fields, std::string_view line = "POST /hooks/open HTTP/1.1") {
  return std::string(line) + "\r\n" + std::string(fields) + "\r\n";
}

TEST_F(IngestServerTest, CountsABody) {
  const IngestReply reply = ask(ingest_request("{}"));
  EXPECT_EQ(reply.head, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 65\r\n");
  EXPECT_EQ(reply.body, kCounted);
  ASSERT_EQ(recorder_.accepted().size(), 1u);
  const auto accepted = recorder_.accepted().front();
  EXPECT_EQ(accepted.source, "open");
  EXPECT_EQ(accepted.body, "{}");
  EXPECT_EQ(accepted.idempotency_key, "");
  EXPECT_TRUE(accepted.headers.empty());
  EXPECT_EQ(recorder_.replied(), std::vector<int>{200});
  EXPECT_TRUE(recorder_.refused().empty());
}

TEST_F(IngestServerTest, ReadsTheContentType) {
  const std::pair<const char*, BodyFormat> types[] = {{"application/json", BodyFormat::json},
                                                      {"Application/JSON; charset=utf-8", BodyFormat::json},
                                                      {"application/cloudevents+json", BodyFormat::json},
                                                      {"application/x-ndjson", BodyFormat::ndjson},
                                                      {"text/csv; header=present", BodyFormat::csv},
                                                      {"application/ndjson", BodyFormat::ndjson},
                                                      {"application/jsonl", BodyFormat::ndjson},
                                                      {"application/x-www-form-urlencoded", BodyFormat::form},
                                                      {"text/plain ;charset=utf-8", BodyFormat::text}};
  for (const auto& [type, format] : types) {
    const std::string fields = "Host: x\r\nContent-Length: 1\r\nContent-Encoding: identity\r\nContent-Type: ";
    EXPECT_EQ(ask(with(fields + type + "\r\n") + "x").status, 200) << type;
    EXPECT_EQ(recorder_.accepted().back().format, format) << type;
  }
}

TEST_F(IngestServerTest, FindsTheSourceByItsPathAlone) {
  EXPECT_EQ(ask(ingest_request("1", "", "POST /hooks/open?token=a/b HTTP/1.1")).status, 200);
  EXPECT_EQ(ask(ingest_request("2", "", "POST http://example.com/hooks/open HTTP/1.1")).status, 200);
  EXPECT_EQ(recorder_.accepted().size(), 2u);
}

TEST_F(IngestServerTest, PassesOnTheIdempotencyKeyAndTheHeadersThatACatalogReads) {
  const std::string line = "POST /hooks/headers HTTP/1.1";
  ask(ingest_request("{}", "Reason: SIP;cause=486\r\nIdempotency-Key: k1\r\n", line));
  const auto accepted = recorder_.accepted().back();
  EXPECT_EQ(accepted.idempotency_key, "k1");
  EXPECT_EQ(std::count(accepted.headers.begin(), accepted.headers.end(), "Reason: SIP;cause=486"), 1);
  const std::string large(100'000, 'x');
  ask(ingest_request(large, "Reason: Q.850;cause=16\r\nIdempotency-Key: " + std::string(255, 'k') + "\r\n",
                     line));
  const auto larger = recorder_.accepted().back();
  EXPECT_EQ(larger.idempotency_key, std::string(255, 'k'));
  EXPECT_EQ(std::count(larger.headers.begin(), larger.headers.end(), "Reason: Q.850;cause=16"), 1);
  EXPECT_EQ(larger.body, large);
}

TEST_F(IngestServerTest, RefusesAnIdempotencyKeyThatIsTooLong) {
  expect_refused(ingest_request("{}", "Idempotency-Key: " + std::string(256, 'k') + "\r\n"), 400,
                 {"open too_long"});
}

TEST_F(IngestServerTest, RefusesAnUnknownPathForNobody) {
  expect_refused(ingest_request("{}", "", "POST / HTTP/1.1"), 404);
  expect_refused(ingest_request("{}", "", "POST /hooks/open/ HTTP/1.1"), 404);
  expect_refused(ingest_request("{}", "", "GET /metrics HTTP/1.1"), 404);
  expect_refused(with("Host: x\r\n", "OPTIONS * HTTP/1.1"), 404);
}

TEST_F(IngestServerTest, AllowsPostAlone) {
  for (const char* method : {"GET", "PUT", "DELETE", "OPTIONS", "BREW"}) {
    expect_refused(with("Host: x\r\n", std::string(method) + " /hooks/open HTTP/1.1"), 405);
  }
  EXPECT_TRUE(ask(with("Host: x\r\n", "GET /hooks/open HTTP/1.1")).has("\r\nAllow: POST\r\n"));
}

TEST_F(IngestServerTest, AnswersHeadWithoutABody) {
  IngestClient client = connect();
  client.send(with("Host: x\r\nConnection: close\r\n", "HEAD /hooks/open HTTP/1.1"));
  const IngestReply reply = client.read();
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.body, "");
}

TEST_F(IngestServerTest, WantsTheSecretBeforeTheBody) {
  const std::string line = "POST /hooks/secret HTTP/1.1";
  const std::string fields = "Host: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n";
  expect_refused(with(fields, line), 401, {"secret unauthenticated"});
  expect_refused(with(fields + "X-Token: wrong\r\n", line), 401, {"secret unauthenticated"});
  expect_refused(with(fields + "X-Token: old-token\r\nX-Token: old-token\r\n", line), 401,
                 {"secret unauthenticated"});
  EXPECT_EQ(ask(with(fields, line)).json()["cause"], "unauthenticated");
  EXPECT_TRUE(ask(with(fields, line)).has("\r\nWWW-Authenticate: "));
  EXPECT_EQ(ask(ingest_request("{}", "X-Token: new-token\r\n", line)).status, 200);
}

TEST_F(IngestServerTest, WantsAFramedBody) {
  expect_refused(with("Host: x\r\nContent-Type: application/json\r\n"), 411, {"open malformed"});
}

TEST_F(IngestServerTest, RefusesALargeBodyByItsLength) {
  expect_refused(with("Host: x\r\nContent-Type: application/json\r\nContent-Length: 1048577\r\n"), 413,
                 {"open too_large"});
  EXPECT_EQ(ask(ingest_request(std::string(limits::kBodyBytes, 'x'))).status, 200);
}

TEST_F(IngestServerTest, RefusesTypesAndCodingsThatItDoesNotRead) {
  const std::string fields = "Host: x\r\nContent-Length: 2\r\n";
  for (const char* type : {"", "Content-Type:\r\n", "Content-Type: text/html\r\n", "Content-Type: json\r\n",
                           "Content-Type: application/+json\r\n", "Content-Type: image/svg+json\r\n",
                           "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"}) {
    expect_refused(with(fields + type) + "{}", 415, {"open unsupported_type"});
  }
  EXPECT_NE(ask(with(fields) + "{}").json()["detail"].get<std::string>().find("application/x-ndjson"),
            std::string::npos);
}

TEST_F(IngestServerTest, RefusesWhatIsNotValidHttp) {
  const std::string fields = "Host: x\r\nContent-Type: application/json\r\n";
  for (const std::string& bad :
       {std::string("\x16\x03\x01\x02\x00\x01", 6),
        std::string("hello\r\n\r\n"),
        with(fields, "POST /hooks/open HTTP/2.0"),
        with(fields, "POST /hooks/open HTTP/9"),
        with(fields, "POST /hooks/o pen HTTP/1.1"),
        std::string("POST /hooks/open HTTP/1.1\nHost: x\n\n"),
        with(fields + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"),
        with(fields + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n"),
        with(fields + "Content-Length: 2\r\nContent-Length: 2\r\n"),
        with(fields + "Content-Length: 2, 2\r\n"),
        with(fields + "Content-Length: 2\r\nContent-Length: 3\r\n"),
        with(fields + "Content-Length: -1\r\n"),
        with(fields + "Content-Length: +2\r\n"),
        with(fields + "Content-Length: 0x2\r\n"),
        with(fields + "Content-Length: 99999999999999999999\r\n"),
        with(fields + "Content-Length:\r\n"),
        with(fields + "Transfer-Encoding: gzip, chunked\r\n"),
        with(fields + "Transfer-Encoding: identity\r\n"),
        with(fields + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        with(fields + "Transfer-Encoding: chunked\r\n", "POST /hooks/open HTTP/1.0"),
        with(fields + "Content-Length : 2\r\n"),
        with(fields + "Folded: a\r\n b\r\nContent-Length: 2\r\n"),
        with(fields + std::string("Nul: a\0b\r\n", 11)),
        with(fields + "Host: y\r\nContent-Length: 2\r\n"),
        with("Content-Type: application/json\r\nContent-Length: 2\r\n")}) {
    expect_refused(bad, 400);
  }
}

TEST_F(IngestServerTest, BoundsTheHead) {
  const std::string whole = ingest_request("{}");
  const std::size_t head_bytes = whole.size() - 2;
  const auto padded = [&](std::size_t bytes) {
    return ingest_request("{}", "P: " + std::string(bytes - head_bytes - 5, 'p') + "\r\n");
  };
  EXPECT_EQ(ask(padded(limits::kHeadBytes)).status, 200);
  EXPECT_EQ(ask(padded(limits::kHeadBytes + 1)).status, 431);
  std::string many;
  for (int i = 0; i < 101; ++i) many += "a: b\r\n";
  EXPECT_EQ(ask(ingest_request("{}", many)).status, 431);
  EXPECT_EQ(recorder_.accepted().size(), 1u);
  EXPECT_TRUE(recorder_.refused().empty());
}

TEST_F(IngestServerTest, ReadsHeadsAndBodiesInAnyPieces) {
  const std::string request = ingest_request("{\"a\":1}");
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    IngestClient client = connect();
    client.send(request.substr(0, cut));
    client.send(request.substr(cut));
    ASSERT_EQ(client.read().status, 200) << cut;
  }
  IngestClient client = connect();
  for (const char byte : request) client.send({&byte, 1});
  EXPECT_EQ(client.read().body, kCounted);
  EXPECT_EQ(recorder_.accepted().back().body, "{\"a\":1}");
}

TEST_F(IngestServerTest, KeepsTheConnection) {
  IngestClient client = connect();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.ask(ingest_request(std::to_string(i))).body, kCounted);
  EXPECT_EQ(client.ask(ingest_request("{}", "", "POST /nowhere HTTP/1.1")).status, 404);
  EXPECT_EQ(client.ask(with("Host: x\r\n", "GET /hooks/open HTTP/1.1")).status, 405);
  EXPECT_EQ(client.ask("\r\n" + ingest_request("after an empty line")).status, 200);
  EXPECT_EQ(client.ask(ingest_request(std::string(300'000, 'x'))).status, 200);
  EXPECT_EQ(client.ask(ingest_request("")).status, 200);
  EXPECT_EQ(recorder_.accepted().size(), 8u);
}

TEST_F(IngestServerTest, AnswersPipelinedRequestsInTheirOrder) {
  IngestClient client = connect();
  std::string all;
  for (int i = 0; i < 200; ++i) all += ingest_request(std::to_string(i));
  all += std::string(kChunkedHead) + "\r\n3\r\n200\r\n0\r\n\r\n" + ingest_request("201");
  client.send(all);
  for (int i = 0; i < 202; ++i) ASSERT_EQ(client.read().body, kCounted) << i;
  const auto accepted = recorder_.accepted();
  for (int i = 0; i < 202; ++i) ASSERT_EQ(accepted[static_cast<std::size_t>(i)].body, std::to_string(i));
}

TEST_F(IngestServerTest, ClosesWhenAsked) {
  IngestClient client = connect();
  const IngestReply reply = client.ask(ingest_request("{}", "Connection: close\r\n"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.has("\r\nConnection: close\r\n"));
  EXPECT_TRUE(client.closed());
}

TEST_F(IngestServerTest, SpeaksHttp10) {
  const std::string line = "POST /hooks/open HTTP/1.0";
  IngestClient brief = connect();
  EXPECT_EQ(brief.ask(ingest_request("{}", "", line)).status, 200);
  EXPECT_TRUE(brief.closed());
  IngestClient client = connect();
  const IngestReply kept = client.ask(ingest_request("{}", "Connection: keep-alive\r\n", line));
  EXPECT_TRUE(kept.has("\r\nConnection: keep-alive\r\n"));
  EXPECT_EQ(client.ask(ingest_request("{}", "", line)).status, 200);
}

TEST_F(IngestServerTest, AnswersAPeerThatHasFinishedSending) {
  IngestClient client = connect();
  client.send(ingest_request("{}"));
  client.finish_sending();
  EXPECT_EQ(client.read().status, 200);
  EXPECT_TRUE(client.closed());
}

TEST_F(IngestServerTest, SaysContinueOnceTheHeadIsAccepted) {
  IngestClient client = connect();
  const std::string expect = "Expect: 100-continue\r\n";
  const std::string request = ingest_request("{}", expect);
  EXPECT_EQ(client.ask(request.substr(0, request.size() - 2)).status, 100);
  EXPECT_EQ(client.ask("{}").body, kCounted);
  EXPECT_EQ(client.ask(request).status, 200);  // it did not wait
  EXPECT_EQ(client.ask(std::string(kChunkedHead) + expect + "\r\n").status, 100);
  EXPECT_EQ(client.ask("1\r\nx\r\n0\r\n\r\n").status, 200);
  EXPECT_EQ(recorder_.replied(), (std::vector<int>{200, 200, 200}));
  const std::string large = "Host: x\r\nContent-Type: text/plain\r\nContent-Length: 9999999\r\n" + expect;
  EXPECT_EQ(client.ask(with(large)).status, 413);
  EXPECT_EQ(ask(with(large, "POST /hooks/secret HTTP/1.1")).status, 401);
}

TEST_F(IngestServerTest, ReadsChunkedBodiesInAnyPieces) {
  const std::string bodies[] = {"0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n",
                                "1\r\na\r\n002;x=\"y z\"\r\nbc\r\n00\r\n\r\n",
                                "A;q\r\n0123456789\r\n0;last\r\nTrailer: t\r\nOther: u\r\n\r\n"};
  const std::string decoded[] = {"", "hello", "abc", "0123456789"};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string request = std::string(kChunkedHead) + "\r\n" + bodies[i];
    const std::size_t body_at = request.size() - bodies[i].size();
    for (std::size_t cut = body_at; cut <= request.size(); ++cut) {
      IngestClient client = connect();
      client.send(request.substr(0, cut));
      if (cut % 3 == 0) std::this_thread::yield();
      client.send(request.substr(cut) + ingest_request("next"));
      ASSERT_EQ(client.read().status, 200) << i << " " << cut;
      ASSERT_EQ(client.read().status, 200) << i << " " << cut;
      const auto accepted = recorder_.accepted();
      ASSERT_EQ(accepted[accepted.size() - 2].body, decoded[i]);
      ASSERT_EQ(accepted.back().body, "next");
    }
    IngestClient client = connect();
    for (const char byte : request) client.send({&byte, 1});
    ASSERT_EQ(client.read().status, 200);
    ASSERT_EQ(recorder_.accepted().back().body, decoded[i]);
  }
}

TEST_F(IngestServerTest, ReadsALargeChunkedBody) {
  std::string request = std::string(kChunkedHead) + "\r\n";
  for (int i = 0; i < 64; ++i)
    request += "4000\r\n" + std::string(0x4000, static_cast<char>('0' + i)) + "\r\n";
  EXPECT_EQ(ask(request + "0\r\n\r\n").status, 200);
  EXPECT_EQ(recorder_.accepted().back().body.size(), limits::kBodyBytes);
  EXPECT_EQ(recorder_.accepted().back().body.back(), 'o');
  EXPECT_EQ(ask(request + "1\r\nx\r\n0\r\n\r\n").status, 413);
  EXPECT_EQ(recorder_.refused(), std::vector<std::string>{"open too_large"});
}

TEST_F(IngestServerTest, RefusesBrokenChunks) {
  const std::string head = std::string(kChunkedHead) + "\r\n";
  for (const char* bad :
       {"hello\r\n", "-1\r\nx\r\n", "2\r\nabcd\r\n", "1\nx\r\n0\r\n\r\n", "fffffffffffffffff\r\n",
        "1;\r\nx\r\n", "0\r\nContent-Length: 3\r\n\r\n", "0\r\nbad trailer\r\n\r\n", "\r\n\r\n\r\n"}) {
    expect_refused(head + bad, 400, {"open malformed"});
  }
  expect_refused(head + "100001\r\n", 413, {"open too_large"});
}

TEST_F(IngestServerTest, TellsWhatBecameOfTheRecords) {
  recorder_.answer_with({.received = 7, .counted = 4, .duplicate = 2, .ignored = 1, .rejects = {}});
  EXPECT_EQ(ask(ingest_request("[]")).body,
            R"({"received":7,"counted":4,"duplicate":2,"ignored":1,"rejected":0})");
  recorder_.answer_with({.received = 3,
                         .counted = 2,
                         .rejected = 1,
                         .rejects = {{RejectCause::malformed, 2, "no \"code\"\nat all"}}});
  EXPECT_EQ(
      ask(ingest_request("[]")).body,
      R"({"received":3,"counted":2,"duplicate":0,"ignored":0,"rejected":1,"errors":[{"record":2,"cause":"malformed","detail":"no \"code\"\nat all"}]})");
  EXPECT_EQ(recorder_.replied(), (std::vector<int>{200, 200}));
}

TEST_F(IngestServerTest, SaysBadRequestOnlyWhenNothingWasBelieved) {
  recorder_.answer_with(
      {.received = 2,
       .rejected = 2,
       .rejects = {{RejectCause::too_deep, 0, "deeper than 64"}, {RejectCause::bad_code, 1, "x"}}});
  IngestClient client = connect();
  const IngestReply reply = client.ask(ingest_request("[]"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(reply.has("Content-Type: application/problem+json\r\n"));
  EXPECT_EQ(
      reply.body,
      R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"deeper than 64","cause":"too_deep","errors":[{"record":0,"cause":"too_deep","detail":"deeper than 64"},{"record":1,"cause":"bad_code","detail":"x"}]})");
  EXPECT_EQ(client.ask(ingest_request("[]")).status, 400);  // the connection goes on
  EXPECT_TRUE(recorder_.refused().empty());                 // whoever accepted it has counted it
  recorder_.answer_with({});
  EXPECT_EQ(client.ask(ingest_request("[]")).status, 200);
}

TEST_F(IngestServerTest, SaysUnavailableWhenNothingCouldBeCommitted) {
  recorder_.answer_with({.received = 1, .rejected = 1, .unavailable = true, .rejects = {}});
  const IngestReply reply = ask(ingest_request("{}"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.has("\r\nRetry-After: 1\r\n"));
  EXPECT_EQ(reply.json()["cause"], "unavailable");
  EXPECT_EQ(recorder_.replied(), std::vector<int>{503});
}

TEST_F(IngestServerTest, TakesAnswersFromAnotherThread) {
  recorder_.hold();
  IngestClient client = connect();
  client.send(ingest_request("1") + ingest_request("2"));
  for (std::size_t i = 1; i <= 2; ++i) {
    ASSERT_TRUE(eventually([&] { return recorder_.held() == 1; }));
    EXPECT_EQ(recorder_.accepted().size(), i);
    recorder_.release();
    EXPECT_EQ(client.read().body, kCounted);
  }
}

TEST_F(IngestServerTest, DropsAnswersForConnectionsThatAreGone) {
  recorder_.hold();
  IngestLimits limits;
  limits.stop = 20ms;
  serve(limits);
  IngestClient client = connect();
  client.send(ingest_request("{}"));
  ASSERT_TRUE(eventually([&] { return recorder_.held() == 1; }));
  server_->stop();
  EXPECT_TRUE(client.closed());
  server_.reset();
  recorder_.release();
  EXPECT_TRUE(recorder_.replied().empty());
}

TEST_F(IngestServerTest, CountsAClientThatVanishesInMidBody) {
  const std::string head = "Host: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n";
  connect().send(with(head) + "{");
  ASSERT_TRUE(eventually([&] { return recorder_.refused().size() == 1; }));
  IngestClient chunked = connect();
  chunked.send(std::string(kChunkedHead) + "\r\n5\r\nhe");
  chunked.vanish();
  ASSERT_TRUE(eventually([&] { return recorder_.refused().size() == 2; }));
  connect().send("POST /hooks/open HTTP/1.1\r\nHost");
  EXPECT_EQ(ask(ingest_request("{}")).status, 200);
  EXPECT_EQ(recorder_.refused(), (std::vector<std::string>{"open malformed", "open malformed"}));
  EXPECT_EQ(recorder_.replied(), std::vector<int>{200});
}

TEST_F(IngestServerTest, CutsASlowHead) {
  IngestLimits limits;
  limits.head = 30ms;
  limits.tick = 5ms;
  serve(limits);
  IngestClient mute = connect();
  IngestClient slow = connect();
  const IngestReply reply = slow.ask("POST /hooks/open HTTP/1.1\r\n");
  EXPECT_EQ(reply.status, 408);
  EXPECT_EQ(reply.json()["status"], 408);
  EXPECT_TRUE(slow.closed());
  EXPECT_TRUE(mute.closed());
  EXPECT_EQ(recorder_.replied(), std::vector<int>{408});
  EXPECT_TRUE(recorder_.refused().empty());
}

TEST_F(IngestServerTest, CutsAHeadThatDrips) {
  IngestLimits limits;
  limits.head = 50ms;
  limits.tick = 5ms;
  serve(limits);
  IngestClient client = connect();
  client.send("POST /hooks/open HTTP/1.1\r\nDrip: ");
  ASSERT_TRUE(eventually([&] {
    client.send("x");
    return !recorder_.replied().empty();
  }));
  EXPECT_EQ(client.read().status, 408);
}

TEST_F(IngestServerTest, CutsASlowBody) {
  IngestLimits limits;
  limits.body = 30ms;
  limits.tick = 5ms;
  serve(limits);
  expect_refused(with("Host: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n") + "{", 408,
                 {"open timeout"});
  expect_refused(std::string(kChunkedHead) + "\r\n5\r\nhe", 408, {"open timeout"});
}

TEST_F(IngestServerTest, ClosesAnIdleConnectionInSilence) {
  IngestLimits limits;
  limits.idle = 30ms;
  limits.tick = 5ms;
  serve(limits);
  IngestClient client = connect();
  EXPECT_EQ(client.ask(ingest_request("{}") + "\r\n").status, 200);
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(recorder_.replied(), std::vector<int>{200});
}

TEST_F(IngestServerTest, GivesUpOnAPeerThatDoesNotRead) {
  IngestLimits limits;
  limits.write = 50ms;
  limits.tick = 5ms;
  serve(limits);
  Receipt receipt{.received = 11, .counted = 1, .rejected = 10, .rejects = {}};
  receipt.rejects.assign(10, {RejectCause::malformed, 0, std::string(1000, 'd')});
  recorder_.answer_with(receipt);
  IngestClient client = connect(4096);
  std::string burst;
  for (int i = 0; i < 60; ++i) burst += ingest_request("{}");
  EXPECT_TRUE(eventually([&] { return !client.send(burst); }));
}

TEST_F(IngestServerTest, KeepsTheOrderOfRepliesThatASlowPeerTakesLate) {
  Receipt receipt{.received = 11, .counted = 1, .rejected = 10, .rejects = {}};
  receipt.rejects.assign(10, {RejectCause::malformed, 0, std::string(1000, 'd')});
  recorder_.answer_with(receipt);
  IngestClient client = connect(4096);
  std::thread sender([&] {
    for (int i = 0; i < 200; ++i) client.send(ingest_request(std::to_string(i)));
  });
  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.read().json()["rejected"], 10) << i;
  sender.join();
}

TEST_F(IngestServerTest, AnswersWhatIsInFlightWhenStopped) {
  recorder_.hold();
  IngestClient idle = connect();
  idle.send("\r\n");
  IngestClient waiting = connect();
  waiting.send(ingest_request("waits for its answer"));
  IngestClient sending = connect();
  const std::string request = ingest_request("is being sent");
  sending.send(request.substr(0, request.size() - 5));
  ASSERT_TRUE(eventually([&] { return recorder_.held() == 1; }));
  std::thread stopping([&] { server_->stop(); });
  EXPECT_TRUE(idle.closed());
  sending.send(request.substr(request.size() - 5));
  ASSERT_TRUE(eventually([&] { return recorder_.held() == 2; }));
  recorder_.release();
  for (IngestClient* client : {&waiting, &sending}) {
    const IngestReply reply = client->read();
    EXPECT_EQ(reply.body, kCounted);
    EXPECT_TRUE(reply.has("\r\nConnection: close\r\n"));
    EXPECT_TRUE(client->closed());
  }
  stopping.join();
  server_->stop();
}

TEST_F(IngestServerTest, StopsInTimeWhateverThePeersDo) {
  IngestLimits limits;
  limits.stop = 50ms;
  serve(limits);
  IngestClient slow = connect();
  slow.send("POST /hooks/open HTTP/1.1\r\n");
  IngestClient lingering = connect();
  EXPECT_EQ(lingering.ask("nonsense\r\n\r\n").status, 400);
  const auto start = std::chrono::steady_clock::now();
  server_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST_F(IngestServerTest, ReadsTheSettingsInForceAtEachHead) {
  IngestClient client = connect();
  EXPECT_EQ(client.ask(ingest_request("{}")).status, 200);
  const std::weak_ptr<const Settings> old = live_.get();
  const std::string request = ingest_request("late");
  client.send(request.substr(0, request.size() - 1));
  EXPECT_EQ(ask(ingest_request("{}")).status, 200);
  live_.set(std::make_shared<Settings>());
  EXPECT_EQ(client.ask(request.substr(request.size() - 1)).status, 200);  // began before
  EXPECT_EQ(client.ask(ingest_request("{}")).status, 404);
  EXPECT_TRUE(eventually([&] { return old.expired(); }));
}

TEST_F(IngestServerTest, SaysWhereItListens) {
  for (const char* address : {"127.0.0.1:0", "[::1]:0", ":0", "localhost:0"}) {
    const IngestServer server(address, live_, recorder_.hooks(), log_);
    const std::string bound = server.address();
    EXPECT_NE(bound.substr(bound.rfind(':') + 1), "0") << address;
  }
}

TEST_F(IngestServerTest, ServesBothProtocolsOnEveryAddress) {
  server_ = std::make_unique<IngestServer>(":0", live_, recorder_.hooks(), log_);
  EXPECT_EQ(ask(ingest_request("{}")).status, 200);
}

TEST_F(IngestServerTest, SaysWhyItCannotListen) {
  serve();
  try {
    const IngestServer second(server_->address(), live_, recorder_.hooks(), log_);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(std::string(error.what()),
              "cannot listen on " + server_->address() + ": Address already in use");
  }
  EXPECT_THROW(IngestServer("nowhere", live_, recorder_.hooks(), log_), ConfigError);
  EXPECT_THROW(IngestServer("192.0.2.1:0", live_, recorder_.hooks(), log_), ConfigError);
}

/// Floods: the reply arrives although the client never pauses to read it, and memory stays flat.
class IngestFloodTest : public IngestServerTest {
 protected:
  static constexpr std::size_t kFloodBytes = 64 * 1000 * 1000;

  void expect_flat(std::string_view head, std::string_view piece, int status) {
    ask(ingest_request("{}"));  // what the first request allocates is not the flood's
    const std::size_t before = resident_bytes();
    IngestClient client = connect();
    client.send(head);
    client.flood(piece, kFloodBytes);
    EXPECT_EQ(client.read().status, status);
    EXPECT_TRUE(kSanitized || resident_bytes() < before + 8 * 1024 * 1024) << resident_bytes() - before;
    EXPECT_EQ(ask(ingest_request("{}")).status, 200);
  }
};

TEST_F(IngestFloodTest, Headers) {
  std::string fields;
  for (int i = 0; i < 4000; ++i) fields += "X-Flood-" + std::to_string(i) + ": y\r\n";
  expect_flat("POST /hooks/open HTTP/1.1\r\nHost: x\r\n", fields, 431);
}

TEST_F(IngestFloodTest, OneHeaderLine) {
  expect_flat("POST /hooks/open HTTP/1.1\r\nHost: ", std::string(65536, 'x'), 431);
}

TEST_F(IngestFloodTest, OneRequestLine) { expect_flat("POST /", std::string(65536, 'x'), 431); }

TEST_F(IngestFloodTest, Chunks) {
  expect_flat(std::string(kChunkedHead) + "\r\n", "8000\r\n" + std::string(0x8000, 'x') + "\r\n", 413);
}

TEST_F(IngestFloodTest, TinyChunks) {
  std::string chunks;
  for (int i = 0; i < 10'000; ++i) chunks += "1\r\nx\r\n";
  expect_flat(std::string(kChunkedHead) + "\r\n", chunks, 413);
}

TEST_F(IngestFloodTest, OneChunkExtension) {
  expect_flat(std::string(kChunkedHead) + "\r\n1;x=", std::string(65536, 'x'), 400);
}

TEST_F(IngestFloodTest, Trailers) {
  expect_flat(std::string(kChunkedHead) + "\r\n0\r\n", "a: " + std::string(60'000, 'b') + "\r\n", 400);
}

TEST_F(IngestFloodTest, OneGigabyteOfContentLength) {
  expect_flat(with("Host: x\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n"),
              std::string(65536, 'x'), 413);
}

TEST_F(IngestFloodTest, UnfinishedBodiesOfMany) {
  constexpr std::size_t kClients = limits::kIngestBodyBytes / limits::kBodyBytes + 2;
  const std::string head = with("Host: x\r\nContent-Type: application/json\r\nContent-Length: 1048576\r\n");
  const std::string all_but_one(limits::kBodyBytes - 1, ' ');
  std::vector<IngestClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(connect());
    clients.back().send(head + all_but_one);
  }
  ASSERT_TRUE(eventually([&] { return !recorder_.replied().empty(); }));
  EXPECT_EQ(recorder_.replied().front(), 503);
  EXPECT_EQ(recorder_.refused().front(), "open unavailable");
  EXPECT_EQ(ask(ingest_request("{}")).status, 200) << "small bodies must still be taken";
  clients.clear();
  EXPECT_TRUE(eventually([&] { return ask(head + all_but_one + "x").status == 200; }))
      << "what was held must be given back";
}

TEST_F(IngestFloodTest, ManyLargeBodiesWaitTheirTurn) {
  IngestLimits limits;
  limits.place = 10s;
  serve(limits);
  const std::string request = ingest_request(std::string(limits::kBodyBytes, 'x'));
  const std::string chunked =
      std::string(kChunkedHead) + "\r\nF0000\r\n" + std::string(0xF0000, 'x') + "\r\n0\r\n\r\n";
  std::vector<std::thread> senders;
  for (int i = 0; i < 20; ++i) {
    senders.emplace_back([&, i] { EXPECT_EQ(ask(i % 2 == 0 ? request : chunked).status, 200) << i; });
  }
  for (std::thread& sender : senders) sender.join();
}

TEST_F(IngestFloodTest, ALargeBodyThatDawdlesMakesRoom) {
  IngestLimits limits;
  limits.place = 20ms;
  limits.tick = 5ms;
  serve(limits);
  const std::string large = ingest_request(std::string(500'000, 'x'));
  std::vector<IngestClient> dawdlers;
  for (std::size_t i = 0; i < limits::kIngestBodyBytes / limits::kBodyBytes; ++i) {
    dawdlers.push_back(connect());
    dawdlers.back().send(large.substr(0, large.size() - 1));
  }
  std::this_thread::yield();
  EXPECT_TRUE(recorder_.replied().empty()) << "nobody waits";
  EXPECT_EQ(ask(large).status, 200);
  EXPECT_EQ(recorder_.refused(), std::vector<std::string>{"open unavailable"});
}

TEST_F(IngestFloodTest, SmallBodiesAreTakenInWhateverOthersDo) {
  const std::string large = ingest_request(std::string(limits::kBodyBytes, 'x'));
  std::vector<IngestClient> dawdlers;
  for (int i = 0; i < 10; ++i) {
    dawdlers.push_back(connect());
    dawdlers.back().send(large.substr(0, 100'000));
  }
  const std::string small = ingest_request(std::string(limits::kSmallBodyBytes, 'x'));
  std::vector<IngestClient> burst;
  for (int i = 0; i < 500; ++i) {
    burst.push_back(connect());
    burst.back().send(small.substr(0, small.size() - 1));
  }
  for (IngestClient& client : burst) ASSERT_EQ(client.ask("x").status, 200);
}

TEST_F(IngestFloodTest, AnnouncedBodies) {
  ask(ingest_request("{}"));
  const std::size_t before = resident_bytes();
  std::vector<IngestClient> clients;
  for (int i = 0; i < 500; ++i) {
    clients.push_back(connect());
    clients.back().send(with("Host: x\r\nContent-Type: application/json\r\nContent-Length: 1048576\r\n") +
                        "{");
  }
  EXPECT_EQ(ask(ingest_request("{}")).status, 200);
  EXPECT_TRUE(kSanitized || resident_bytes() < before + 16 * 1024 * 1024) << resident_bytes() - before;
}

TEST_F(IngestFloodTest, IdleConnections) {
  ask(ingest_request("{}"));
  const std::size_t before = resident_bytes();
  std::vector<IngestClient> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(connect());
    ASSERT_EQ(clients.back().ask(ingest_request(std::string(i % 10 == 0 ? 20'000 : 1000, 'x'))).status, 200);
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(ingest_request("{}")).status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 500ms);
  EXPECT_TRUE(kSanitized || resident_bytes() < before + 12 * 1024 * 1024) << resident_bytes() - before;
  EXPECT_EQ(clients.front().ask(ingest_request("{}")).status, 200);
}

TEST_F(IngestFloodTest, ConnectionsBeyondTheLimitTakeTheRoomOfIdleOnes) {
  IngestLimits limits;
  limits.connections = 20;
  serve(limits);
  std::vector<IngestClient> idle;
  for (std::size_t i = 0; i < limits.connections; ++i) {
    idle.push_back(connect());
    EXPECT_EQ(idle.back().ask("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n").status, 404);
  }
  EXPECT_EQ(ask(ingest_request("{}")).status, 200);
  EXPECT_TRUE(idle.front().closed());
  EXPECT_EQ(idle.back().ask(ingest_request("{}")).status, 200);
}

TEST_F(IngestFloodTest, ConnectionsBeyondTheLimitAreClosedWhenAllAreAtWork) {
  IngestLimits limits;
  limits.connections = 20;
  serve(limits);
  recorder_.hold();
  std::vector<IngestClient> busy;
  for (std::size_t i = 0; i < limits.connections; ++i) {
    busy.push_back(connect());
    busy.back().send(ingest_request("{}"));
  }
  ASSERT_TRUE(eventually([&] { return recorder_.held() == limits.connections; }));
  EXPECT_TRUE(connect().closed());
  EXPECT_TRUE(connect().closed());
  {
    const std::lock_guard lock(log_mutex_);
    ASSERT_EQ(logged_.size(), 1u);
    EXPECT_NE(logged_[0].find("too many connections"), std::string::npos);
  }
  recorder_.release();
  EXPECT_EQ(busy.front().read().status, 200);
}

TEST_F(IngestFloodTest, OneBodyTooManyCostsTheOthersNothing) {
  constexpr std::size_t kLength = 900'000;
  constexpr std::size_t kClients = limits::kIngestBodyBytes / kLength;
  const std::string head = with("Host: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n");
  const std::string start = head + std::string(kLength - 10, ' ');
  serve();
  std::vector<IngestClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(connect());
    clients.back().send(start);
  }
  IngestClient one_too_many = connect();
  one_too_many.send(start);
  ASSERT_TRUE(eventually([&] { return !recorder_.replied().empty(); }));
  EXPECT_EQ(recorder_.replied().front(), 503);
  int refused = 0;
  for (IngestClient& client : clients) refused += client.ask("          ").status == 200 ? 0 : 1;
  EXPECT_LE(refused, 1) << "whoever crosses the line is refused, and nobody else";
}

TEST_F(IngestFloodTest, ConnectionsBeyondTheDescriptors) {
  serve();
  const std::string address = server_->address();
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  setrlimit(RLIMIT_NOFILE, std::make_unique<rlimit>(rlimit{0, before.rlim_max}).get());
  ASSERT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  const bool warned = eventually([&] {
    const std::lock_guard lock(log_mutex_);
    return !logged_.empty();
  });
  rusage start{}, end{};
  getrusage(RUSAGE_SELF, &start);
  poll(nullptr, 0, 300);
  getrusage(RUSAGE_SELF, &end);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(warned);
  const auto micros = [](const rusage& u) { return u.ru_utime.tv_sec * 1'000'000 + u.ru_utime.tv_usec; };
  EXPECT_LT(micros(end) - micros(start), 100'000);
  const std::string request = ingest_request("{}");
  ASSERT_EQ(::send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  EXPECT_TRUE(eventually([&] { return recorder_.accepted().size() == 1; }));
  ::close(fd);
  const std::lock_guard lock(log_mutex_);
  EXPECT_EQ(logged_.size(), 1u);
}

}  // namespace
}  // namespace telephony
