// Connections over pairs of sockets, round by round: who gets his turn, and how often the kernel is called.
#include "source/connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include "ingest_fixture.h"

namespace telephony::ingest {
namespace {

class ConnectionTest : public testing::Test {
 protected:
  ~ConnectionTest() override {
    while (!connections_.empty()) connections_.back()->close();
  }

  /// The peer's end.
  Descriptor connect(int type) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends), 0);
    auto connection = std::make_shared<Connection>(Descriptor(ends[0]), Peer{}, context_, nullptr);
    connections_.push_back(connection);
    connection->start();
    return Descriptor(ends[1]);
  }

  void round() {
    context_.loop.wait(Clock::now() + 10s);
    gone_.clear();
  }

  static void send(const Descriptor& to, std::string_view bytes) {
    ASSERT_EQ(::send(to.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }

  /// What one call returns; empty when there is nothing.
  static std::string receive(const Descriptor& from) {
    std::string bytes(64 * 1024, '\0');
    bytes.resize(
        static_cast<std::size_t>(std::max<ssize_t>(::recv(from.get(), bytes.data(), bytes.size(), 0), 0)));
    return bytes;
  }

  static std::size_t replies_in(std::string_view bytes) {
    std::size_t replies = 0;
    for (std::size_t at = bytes.find("HTTP/1.1 200"); at != bytes.npos;
         at = bytes.find("HTTP/1.1 200", at + 1)) {
      ++replies;
    }
    return replies;
  }

  Live live_{ingest_settings()};
  Log log_;
  IngestRecorder recorder_;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> gone_;
  Context context_ = [this] {
    Context context{live_, recorder_.hooks(), {}, log_};
    context.closed = [this](Connection& closed) {
      const auto at = std::find_if(connections_.begin(), connections_.end(),
                                   [&](const auto& connection) { return connection.get() == &closed; });
      gone_.push_back(std::move(*at));
      connections_.erase(at);
    };
    context.answers->adopt_this_thread();
    return context;
  }();
};

TEST_F(ConnectionTest, SendsTheRepliesToPipelinedRequestsTogether) {
  const Descriptor peer = connect(SOCK_SEQPACKET);  // which keeps apart what was sent apart
  std::string seven;
  for (int i = 0; i < 7; ++i) seven += ingest_request(std::to_string(i));
  send(peer, seven);
  round();
  EXPECT_EQ(recorder_.accepted().size(), 7u);
  EXPECT_EQ(replies_in(receive(peer)), 7u);
  EXPECT_EQ(receive(peer), "");
}

TEST_F(ConnectionTest, AnswersRequestsThatTakeSeveralReadsInOneRound) {
  const Descriptor peer = connect(SOCK_STREAM);
  std::string seven;
  for (int i = 0; i < 7; ++i) seven += ingest_request(std::string(1009, 'x'));
  send(peer, seven);
  round();
  EXPECT_EQ(replies_in(receive(peer)), 7u);
}

TEST_F(ConnectionTest, KeepsRepliesToItsPeerWhenTheSocketIsFull) {
  Done held;
  context_.hooks.accept = [&](const Source&, const RawEvent& raw, const Done& done) {
    if (raw.body == "h") {
      held = done;
    } else {
      done({.received = 1, .counted = 1, .rejects = {}});
    }
  };
  const Descriptor slow = connect(SOCK_STREAM);
  const Descriptor other = connect(SOCK_STREAM);
  const std::shared_ptr<Connection> answering = connections_.front();
  const int least = 1;
  setsockopt(answering->socket(), SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
  std::string many;
  for (int i = 0; i < 35; ++i) many += ingest_request("1");
  send(slow, many + ingest_request("h"));
  round();
  ASSERT_TRUE(held);
  answering->answer_later({.received = 1, .duplicate = 1, .rejects = {}});
  EXPECT_EQ(context_.replies, "");
  send(other, ingest_request("1"));
  round();
  EXPECT_EQ(replies_in(receive(other)), 1u);
  std::string all;
  while (replies_in(all) < 36) {
    const std::string more = receive(slow);
    ASSERT_NE(more, "");
    all += more;
    if (replies_in(all) < 36) round();
  }
  EXPECT_NE(all.find("\"duplicate\":1"), all.npos);
  EXPECT_EQ(all.find("\"duplicate\":1"), all.rfind("\"duplicate\":1"));
}

TEST_F(ConnectionTest, LetsTheOthersHaveTheirTurn) {
  const Descriptor greedy = connect(SOCK_STREAM);
  const Descriptor modest = connect(SOCK_STREAM);
  const std::string body(900, 'x');
  std::string many;
  for (int i = 0; i < 100; ++i) many += ingest_request(body);
  send(greedy, many);
  send(modest, ingest_request("1"));
  round();
  EXPECT_EQ(replies_in(receive(modest)), 1u);
  const std::size_t first = replies_in(receive(greedy));
  EXPECT_GT(first, 0u);
  EXPECT_LT(first, 100u);
  for (std::size_t replies = first; replies < 100u;) {
    round();
    const std::size_t more = replies_in(receive(greedy));
    ASSERT_GT(more, 0u);
    replies += more;
  }
}

TEST_F(ConnectionTest, ReadsWhatCameWithTheEnd) {
  const Descriptor peer = connect(SOCK_STREAM);
  send(peer, ingest_request("1"));
  shutdown(peer.get(), SHUT_WR);
  round();
  EXPECT_EQ(replies_in(receive(peer)), 1u);
  EXPECT_TRUE(connections_.empty());
}

TEST(AnswersTest, RingOnceForAllThatCameBeforeSomebodyLooked) {
  Answers answers;
  answers.adopt_this_thread();
  std::vector<Answers::Answer> taken;
  const auto post = [&](std::size_t count) {
    std::thread([&] {
      EXPECT_FALSE(answers.on_its_thread());
      for (std::size_t i = 0; i < count; ++i) answers.post({{}, Receipt{.received = i, .rejects = {}}});
    }).join();
  };
  for (const std::size_t count : {100u, 1u}) {
    post(count);
    std::uint64_t rings = 0;
    ASSERT_EQ(::read(answers.bell(), &rings, sizeof rings), static_cast<ssize_t>(sizeof rings));
    EXPECT_EQ(rings, 1u);
    answers.take(taken);
    ASSERT_EQ(taken.size(), count);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(taken[i].receipt.received, i);
  }
  answers.take(taken);
  EXPECT_TRUE(taken.empty());
  answers.close();
  post(1);
  answers.take(taken);
  EXPECT_TRUE(taken.empty());
}

}  // namespace
}  // namespace telephony::ingest
