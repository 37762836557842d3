// The web listener under clients that are slow, idle, many or hostile.
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <future>

#include "telephony_exporter/yaml/node.h"
#include "web_fixture.h"

namespace telephony {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kScrape = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr int kSmallBuffer = 4096;

void allow_many_sockets() {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 8192);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

std::string head_of(std::size_t bytes) {
  const std::string begin = "GET /-/healthy HTTP/1.1\r\nX: ";
  return begin + std::string(bytes - begin.size() - 4, 'x') + "\r\n\r\n";
}

TEST_F(WebServerTest, SaysWhyItCannotListen) {
  serve();
  try {
    const WebServer second(server_->address(), "/metrics", parts(), log_);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.what(), "cannot listen on " + server_->address() + ": Address already in use");
  }
}

TEST_F(WebServerTest, ListensEverywhereWithoutAHost) {
  server_.emplace(":0", telemetry_path_, parts(), log_);
  EXPECT_EQ(ask("GET /-/healthy").status, 200);
}

TEST_F(WebServerTest, KeepsConnectionsOpen) {
  auto connection = client();
  for (int i = 0; i < 3; ++i) {
    connection.send(kScrape);
    const auto reply = connection.read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Connection"), "");
  }
  EXPECT_EQ(replied(200), 3);
}

TEST_F(WebServerTest, ClosesWhenTheClientSaysSo) {
  for (const std::string request :
       {"GET /-/healthy HTTP/1.1\r\nconnection: CLOSE\r\n\r\n", "GET /-/healthy HTTP/1.0\r\n\r\n"}) {
    auto connection = client();
    connection.send(request);
    const auto reply = connection.read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_TRUE(connection.is_closed());
  }
}

TEST_F(WebServerTest, AnswersPipelinedRequestsInOrder) {
  auto connection = client();
  connection.send(
      "GET /-/healthy HTTP/1.1\r\n\r\nPOST /-/reload HTTP/1.1\r\nContent-Length: 4\r\n\r\nGET "
      "\r\nGET /-/ready HTTP/1.1\r\n\r\nGET /x HTTP/1.1\r\n\r\n");
  EXPECT_EQ(connection.read().body, "Healthy\n");
  EXPECT_EQ(connection.read().body, "Reloaded\n");
  EXPECT_EQ(connection.read().body, "Ready\n");
  EXPECT_EQ(connection.read().status, 404);
}

TEST_F(WebServerTest, AnswersPipelinedScrapesInOrder) {
  static constexpr int kPairs = 50;
  std::string requests;
  for (int i = 0; i < kPairs; ++i) requests += "GET /metrics HTTP/1.1\r\n\r\nGET /-/healthy HTTP/1.1\r\n\r\n";
  const std::string page = ask("GET /metrics").body;
  auto connection = client();
  connection.send(requests);
  for (int i = 0; i < kPairs; ++i) {
    EXPECT_EQ(connection.read().body, page);
    EXPECT_EQ(connection.read().body, "Healthy\n");
  }
  EXPECT_EQ(metrics_.collected, 1 + kPairs);
}

/// Which answers whoever spells the path in another way.
TEST_F(WebServerTest, AnswersAScrapeAsCppHttplibDoes) {
  for (const std::string fields :
       {" HTTP/1.1", " HTTP/1.0", " HTTP/1.1\r\nConnection: close", " HTTP/1.1\r\nAccept-Encoding: gzip",
        " HTTP/1.1\r\nAccept: application/openmetrics-text;version=1.0.0",
        " HTTP/1.1\r\nAccept: application/openmetrics-text\r\nAccept-Encoding: gzip\r\nConnection: close"}) {
    const auto answer = [&](const std::string& path) {
      auto connection = client();
      connection.send("GET " + path + fields + "\r\n\r\n");
      return connection.read();
    };
    const WebReply scraped = answer("/metrics"), by_cpp_httplib = answer("/%6detrics");
    EXPECT_EQ(scraped.status, 200) << fields;
    EXPECT_EQ(scraped.head, by_cpp_httplib.head) << fields;
    EXPECT_EQ(scraped.body, by_cpp_httplib.body) << fields;
  }
}

TEST_F(WebServerTest, TakesRequestsInPieces) {
  auto connection = client();
  const std::string request = "\r\nPOST /-/reload HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
  for (int i = 0; i < 2; ++i) {
    for (const char c : request) connection.send({&c, 1});
    EXPECT_EQ(connection.read().status, 200);
  }
}

TEST_F(WebServerTest, LimitsHeads) {
  auto connection = client();
  connection.send(head_of(limits::kHeadBytes));
  EXPECT_EQ(connection.read().status, 200);
  connection.send(head_of(limits::kHeadBytes + 1));
  EXPECT_EQ(connection.read().status, 431);
  EXPECT_TRUE(connection.is_closed());
}

TEST_F(WebServerTest, EndsHeadFloods) {
  limits_.linger = milliseconds{50};
  for (const auto& line : {std::string(1000, 'x'), std::string("X: y\r\n")}) {
    auto connection = client();
    connection.send("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 2'000 && connection.send(line); ++i) {
    }
    EXPECT_EQ(connection.read().status, 431);
    EXPECT_TRUE(connection.is_closed());
  }
  EXPECT_EQ(replied(431), 2);
}

TEST_F(WebServerTest, RefusesWhatIsNoRequest) {
  limits_.linger = milliseconds{50};
  const std::vector<std::string> requests = {"GET\r\n\r\n",
                                             "GET / HTTP/2.0\r\n\r\n",
                                             "GET  / HTTP/1.1\r\n\r\n",
                                             "GET / HTTP/1.1 x\r\n\r\n",
                                             "BREW / HTTP/1.1\r\n\r\n",
                                             "GET / HTTP/1.1\nHost: x\r\n\r\n",
                                             "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
                                             "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
                                             "GET / HTTP/1.1\r\n: x\r\n\r\n",
                                             std::string("GET /\0 HTTP/1.1\r\n\r\n", 19),
                                             "\x16\x03\x01\x02\x00\x01",
                                             std::string(3000, '\xff'),
                                             "get / HTTP/1.1\r\n\r\n"};
  for (const auto& request : requests) {
    auto connection = client();
    connection.send(request);
    const auto reply = connection.read();
    EXPECT_EQ(reply.status, 400) << request;
    EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(ask("GET /-/healthy").status, 200);
  }
}

TEST_F(WebServerTest, RefusesBodiesItCannotMeasure) {
  const std::string post = "POST /-/reload HTTP/1.1\r\n";
  const std::vector<std::pair<std::string, int>> cases = {
      {"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
      {"Transfer-Encoding: gzip\r\n\r\n", 411},
      {"Content-Length: 8193\r\n\r\n", 413},
      {"Content-Length: 99999999999\r\n\r\n", 413},
      {"Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {"Content-Length: -1\r\n\r\n", 400},
      {"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},
      {"Content-Length: 1, 1\r\n\r\nx", 400},
      {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx", 400},
      {"Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 400}};
  for (const auto& [rest, status] : cases) {
    auto connection = client();
    connection.send(post + rest);
    EXPECT_EQ(connection.read().status, status) << rest;
    EXPECT_TRUE(connection.is_closed());
  }
}

TEST_F(WebServerTest, AnswersBeforeABodyThatWaitsForPermission) {
  auto connection = client();
  connection.send("POST /-/reload HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  const auto reply = connection.read();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Connection"), "close");
}

TEST_F(WebServerTest, EndsWhatTakesTooLong) {
  limits_.head = limits_.idle = limits_.linger = milliseconds{40};
  auto silent = client();
  EXPECT_TRUE(silent.is_closed());
  EXPECT_EQ(silent.unread(), 0U);
  for (const std::string begun :
       {"GET /metrics HTT", "POST /-/reload HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc"}) {
    auto slow = client();
    slow.send(begun);
    EXPECT_EQ(slow.read().status, 408);
    EXPECT_TRUE(slow.is_closed());
  }
  auto idle = client();
  idle.send(kScrape);
  EXPECT_EQ(idle.read().status, 200);
  EXPECT_TRUE(idle.is_closed());
  EXPECT_EQ(idle.unread(), 0U);
}

// A page of 4 MB: more than the kernel takes for a client that does not read.
class LargePageTest : public WebServerTest {
 protected:
  LargePageTest() : WebServerTest(1000, 4000) {}

  static constexpr std::size_t kPageBytes = 4'000'000;

  void request_without_reading(std::vector<WebClient>& clients, int count) {
    for (int i = 0; i < count; ++i) {
      clients.push_back(client(kSmallBuffer));
      clients.back().send(kScrape);
    }
  }
};

TEST_F(LargePageTest, ReachesThoseWhoRead) {
  const auto reply = ask("GET /metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_GT(reply.body.size(), kPageBytes);
  EXPECT_LT(ask("GET /metrics", "Accept-Encoding: gzip\r\n").body.size(), kPageBytes / 10);
}

TEST_F(LargePageTest, ArrivesWholeHoweverSlowlyItIsRead) {
  const std::string page = ask("GET /metrics").body;
  auto slow = client(kSmallBuffer);
  slow.send(kScrape);
  ASSERT_TRUE(becomes_true([&] { return replied(200) == 2; }));
  EXPECT_EQ(slow.read().body, page);
  slow.send("HEAD /metrics HTTP/1.1\r\n\r\n");
  const auto head = slow.read(true);
  EXPECT_EQ(head.header("Content-Length"), std::to_string(page.size()));
  slow.send("GET /-/healthy HTTP/1.1\r\n\r\n");
  EXPECT_EQ(slow.read().body, "Healthy\n") << "nothing follows a head";
}

TEST_F(LargePageTest, IsReadByManyAtOnce) {
  const std::string page = ask("GET /metrics").body;
  std::vector<WebClient> clients;
  request_without_reading(clients, 20);
  ASSERT_TRUE(becomes_true([&] { return replied(200) == 21; }));
  for (auto& reader : clients) EXPECT_EQ(reader.read().body, page);
}

TEST_F(LargePageTest, EndsForThoseWhoDoNotRead) {
  limits_.write = milliseconds{50};
  serve();
  const auto before = open_descriptors();
  auto connection = client(kSmallBuffer);
  connection.send(kScrape);
  ASSERT_TRUE(becomes_true([&] { return replied(200) == 1; }));
  EXPECT_TRUE(becomes_true([&] { return open_descriptors() == before + 1; }));
  EXPECT_TRUE(connection.is_closed());
  EXPECT_LT(connection.unread(), kPageBytes);
}

TEST_F(LargePageTest, IsKeptForAFewSlowReadersOnly) {
  limits_.unsent_bytes = 2 * kPageBytes + kPageBytes / 2;
  std::vector<WebClient> clients;
  for (int i = 0; i < 3; ++i) {
    request_without_reading(clients, 1);
    ASSERT_TRUE(becomes_true([&] { return replied(200) == i + 1; }));
  }
  EXPECT_EQ(clients[0].read().status, 0);
  EXPECT_EQ(clients[1].read().status, 200);
  EXPECT_EQ(clients[2].read().status, 200);
}

TEST_F(LargePageTest, IsMadeOnceForACrowd) {
  std::vector<WebClient> clients;
  request_without_reading(clients, 50);
  ASSERT_TRUE(becomes_true([&] { return replied(200) == 50; }));
  EXPECT_LT(metrics_.collected, 40);
}

TEST_F(LargePageTest, NobodyKeepsAScrapeWaiting) {
  allow_many_sockets();
  std::vector<WebClient> idle;
  std::vector<WebClient> slow;
  std::vector<WebClient> deaf;
  for (int i = 0; i < 1000; ++i) idle.push_back(client());
  for (int i = 0; i < 200; ++i) {
    slow.push_back(client());
    slow.back().send("GET /metrics HTTP/1.1\r\nX-Slow: ");
  }
  request_without_reading(deaf, 50);
  ASSERT_TRUE(becomes_true([&] { return replied(200) == 50; }));

  for (auto& connection : slow) connection.send("x");
  const auto scrape = [&] {
    const auto begin = Clock::now();
    EXPECT_EQ(ask("GET /-/healthy").status, 200);
    EXPECT_GT(ask("GET /metrics").body.size(), kPageBytes);
    return Clock::now() - begin;
  };
  // The best of three, for other work on this machine takes time too; to wait for a client takes ten seconds.
  EXPECT_LT(std::min({scrape(), scrape(), scrape()}), std::chrono::seconds{1});
  idle.front().send(kScrape);
  EXPECT_EQ(idle.front().read().status, 200);
}

TEST_F(LargePageTest, StopDoesNotWaitForThoseWhoDoNotRead) {
  limits_.stop = milliseconds{50};
  std::vector<WebClient> deaf;
  request_without_reading(deaf, 3);
  ASSERT_TRUE(becomes_true([&] { return replied(200) == 3; }));
  const auto begin = Clock::now();
  server_->stop();
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds{2});
}

TEST_F(WebServerTest, MakesRoomForNewClients) {
  limits_.connections = 4;
  std::vector<WebClient> idle;
  for (int i = 0; i < 4; ++i) {
    idle.push_back(client());
    idle.back().send(kScrape);
    EXPECT_EQ(idle.back().read().status, 200);
  }
  EXPECT_EQ(ask("GET /-/healthy").status, 200);
  EXPECT_TRUE(idle[0].is_closed());
  idle[3].send(kScrape);
  EXPECT_EQ(idle[3].read().status, 200);
}

TEST_F(WebServerTest, MakesRoomWhenDescriptorsRunOut) {
  auto idle = client();
  idle.send(kScrape);
  EXPECT_EQ(idle.read().status, 200);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next = dup(0);
  close(next);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(next) + 1;  // enough for the client's end, not for the server's
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
  EXPECT_EQ(ask("GET /-/healthy").status, 200);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(idle.is_closed());
}

TEST_F(WebServerTest, StopFinishesWhatItHasBegun) {
  std::promise<void> release;
  std::atomic<bool> entered = false;
  reload_ = [&, released = release.get_future().share()] {
    entered = true;
    released.wait();
    return std::string();
  };
  auto idle = client();
  auto busy = client();
  busy.send("POST /-/reload HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(becomes_true([&] { return entered.load(); }));
  auto stopped = std::async(std::launch::async, [&] { server_->stop(); });
  EXPECT_TRUE(idle.is_closed());
  release.set_value();
  EXPECT_EQ(busy.read().status, 200);
  EXPECT_TRUE(busy.is_closed());
  stopped.get();
  server_->stop();
}

}  // namespace
}  // namespace telephony
