// Reading on a bench that connections share, and heads that are recalled instead of parsed: what comes out is
// what a reader finds that has a bench of its own, and has seen nothing before.
#include "source/request_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "ingest_fixture.h"

namespace telephony::ingest {
namespace {

/// What a reader made of bytes.
struct Found {
  RequestReader::Progress progress = RequestReader::Progress::incomplete;
  int status = 0;
  std::string source, body, rest_is_there, detail, key;
  BodyFormat format = BodyFormat::json;
  Persistence persistence = Persistence::close;
  std::size_t headers = 0;
  bool operator==(const Found&) const = default;
};

class RequestReaderTest : public testing::Test {
 protected:
  RequestReader reader(Workbench& bench, const Peer& peer = {}) { return {settings_, bench, peer, now_}; }

  static void give(RequestReader& reader, std::string_view bytes) {
    const auto room = reader.prepare();
    ASSERT_GE(room.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    reader.commit(bytes.size());
  }

  static Found read(RequestReader& reader, std::string_view bytes) {
    give(reader, bytes);
    Found found;
    found.progress = reader.advance();
    const Request& request = reader.request();
    if (request.source != nullptr) found.source = request.source->name;
    found.persistence = request.persistence;
    found.rest_is_there = reader.has_more() ? "rest" : "";
    if (found.progress == RequestReader::Progress::refused) {
      found.status = reader.problem().status;
      found.detail = reader.problem().detail;
    }
    if (found.progress != RequestReader::Progress::complete) return found;
    found.body = reader.body();
    found.format = request.format;
    found.key = request.idempotency_key;
    found.headers = request.headers.size();
    return found;
  }

  Found read_afresh(std::string_view bytes) {
    Workbench bench;
    RequestReader fresh = reader(bench);
    return read(fresh, bytes);
  }

  RequestReader::WallClock now_ = [] { return WallTime(); };
  Live live_{ingest_settings()};
  LiveView settings_{live_};
  Workbench bench_;
};

TEST_F(RequestReaderTest, RecallsNothingButWhatItWouldHaveParsed) {
  std::mt19937 random(7);
  const auto pick = [&](std::initializer_list<const char*> of) {
    return std::string(of.begin()[random() % of.size()]);
  };
  RequestReader repeated = reader(bench_);
  std::size_t complete = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string body(random() % 2 == 0 ? random() % 12 : random() % 2000, 'b');
    std::string bytes = pick({"POST", "POST", "POST", "PUT"}) + " /hooks/" +
                        pick({"open", "open", "secret", "headers", "none"}) + pick({"", "", "?a=1"}) +
                        " HTTP/1." + pick({"1", "1", "1", "0"}) + "\r\nHost: x\r\n" +
                        pick({"", "X-Token: old-token\r\n", "Idempotency-Key: 1\r\n", "Connection: close\r\n",
                              "Expect: 100-continue\r\n", "Content-Length: 1\r\n"}) +
                        "Content-Type: " + pick({"application/json", "text/plain", "text/x"}) +
                        "\r\nContent-Length: " + pick({"", "", "0", "+", " "}) + std::to_string(body.size()) +
                        pick({"", "", " ", "x"}) + "\r\n" + pick({"", "", "X: y\r\n"}) + "\r\n" + body +
                        pick({"", "POST"});
    if (random() % 4 == 0)
      bytes[random() % (bytes.size() - body.size())] ^= static_cast<char>(1 << random() % 7);
    const Found found = read(repeated, bytes);
    ASSERT_EQ(found, read_afresh(bytes)) << bytes;
    complete += found.progress == RequestReader::Progress::complete ? 1 : 0;
    std::destroy_at(&repeated);
    new (&repeated) RequestReader(settings_, bench_, {}, now_);
  }
  EXPECT_GT(complete, 2'000u);
}

TEST_F(RequestReaderTest, RecallsAHeadOfAnotherLengthAndNoneThatProvesSomething) {
  const auto head_of = [](const std::string& request) {
    return request.substr(0, request.find("\r\n\r\n") + 4);
  };
  const auto recalled = [&](const std::string& first, const std::string& second) {
    Workbench bench;
    RequestReader reading = reader(bench);
    EXPECT_EQ(read(reading, first).progress, RequestReader::Progress::complete) << first;
    Request request;
    request.settings = live_.get();
    return bench.memo.recall(second, request);
  };
  const std::string same = ingest_request("123");
  const std::string longer = ingest_request(std::string(1009, 'x'));
  EXPECT_EQ(recalled(same, same), head_of(same).size());
  EXPECT_EQ(recalled(same, longer), head_of(longer).size());
  EXPECT_EQ(recalled(same, head_of(longer)), head_of(longer).size());
  EXPECT_EQ(recalled(same, head_of(same).substr(0, head_of(same).size() - 1)), 0u);
  EXPECT_EQ(recalled(same, ingest_request("123", "X: y\r\n")), 0u);
  const std::string secret = ingest_request("1", "X-Token: old-token\r\n", "POST /hooks/secret HTTP/1.1");
  const std::string headers = ingest_request("1", "reason: x\r\n", "POST /hooks/headers HTTP/1.1");
  const std::string key = ingest_request("1", "Idempotency-Key: 1\r\n");
  for (const std::string& proof : {secret, headers, key}) EXPECT_EQ(recalled(proof, proof), 0u) << proof;
}

TEST_F(RequestReaderTest, RecallsNothingUnderOtherSettings) {
  RequestReader reading = reader(bench_);
  EXPECT_EQ(read(reading, ingest_request("1")).progress, RequestReader::Progress::complete);
  reading.next();
  const std::weak_ptr<const Settings> old = live_.get();
  live_.set(std::make_shared<Settings>());
  EXPECT_EQ(read(reading, ingest_request("1")).status, 404);
  reading.next();
  bench_.tidy(*settings_.get());
  EXPECT_TRUE(old.expired());
}

TEST_F(RequestReaderTest, LeavesTheBenchToTheNextConnection) {
  const std::string one = ingest_request("first", "Idempotency-Key: kept\r\n");
  const std::string two = ingest_request(std::string(3000, '2'));
  for (std::size_t cut = 1; cut < one.size(); ++cut) {
    RequestReader first = reader(bench_);
    RequestReader second = reader(bench_);
    EXPECT_EQ(read(first, one.substr(0, cut)).progress, RequestReader::Progress::incomplete);
    first.leave_bench();
    EXPECT_EQ(read(second, two + "POST /h").body, std::string(3000, '2'));
    second.leave_bench();
    second.next();
    const Found found = read(first, one.substr(cut));
    ASSERT_EQ(found.body, "first") << cut;
    ASSERT_EQ(found.key, "kept") << cut;
    EXPECT_EQ(read(second, ingest_request("third").substr(7)).body, "third");
  }
}

}  // namespace
}  // namespace telephony::ingest
