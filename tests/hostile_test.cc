// The binary that ships among hostile clients: what they cost a scrape, an honest webhook, and the memory.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "process.h"

namespace telephony {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr auto kTurn = 5ms;                    // how often each client is looked at
constexpr std::size_t kTurnBytes = 16 * 1024;  // what one sends in a turn
constexpr auto kPeace = 3s;                    // what honest load alone takes
constexpr auto kAttack = 14s;                  // longer than the deadlines, whoever is attacked
constexpr auto kSlowAtMost = 11s;              // the deadline of 10 s, a tick of 0.5 s, and our own turns
constexpr auto kComesAgainAfter = 50ms;
constexpr std::size_t kGrowthBytes = 12 * 1024 * 1024;  // most of it bodies of 1 MiB that are half there

constexpr const char* kPath = "/webhooks/8x8/number-masking";

std::string head(const std::string& fields) {
  return std::string("POST ") + kPath + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + fields;
}

/// What one kind of client does.
struct Script {
  std::string name;
  std::size_t clients = 0;
  std::string opening;
  std::string piece = {};  ///< sent again and again
  std::size_t pieces = ~std::size_t{0};
  Clock::duration pause =
      {};  ///< between two pieces; no pause makes a flood, which comes again when it is cut
  bool slow() const { return pause > Clock::duration{}; }
};

std::vector<Script> scripts() {
  std::string many_fields;
  for (int i = 0; i < 10'000; ++i) many_fields += "X-" + std::to_string(i) + ": y\r\n";
  const std::string chunked = head("Transfer-Encoding: chunked\r\n\r\n");
  const std::string mebibyte = head("Content-Length: 1048576\r\n\r\n");
  return {
      {"slow heads", 450, "POST / HTTP/1.1\r\nHost: x\r\nX: ", "x", ~0UL, 1s},
      {"slow bodies", 450, mebibyte, " ", ~0UL, 1s},
      {"slow chunks", 50, chunked, "1\r\n \r\n", ~0UL, 1s},
      {"mute", 50, "", "", ~0UL, 1s},
      {"endless field", 8, head("X: "), std::string(kTurnBytes, 'x')},
      {"10,000 fields", 8, head(""), many_fields},
      {"endless chunk extension", 8, chunked + "1;x=", std::string(kTurnBytes, 'x')},
      {"chunks of 1 byte", 8, chunked, "1\r\n \r\n"},
      {"endless chunks", 8, chunked, "8000\r\n" + std::string(0x8000, ' ') + "\r\n"},
      {"bodies of 1 MiB", 100, mebibyte, std::string(64 * 1024, ' '), 16},
  };
}

/// A connection that follows its script, deaf to what it is told.
class Hostile {
 public:
  Hostile(const Script& script, std::uint16_t port) : script_(&script), port_(port) { open(); }
  Hostile(Hostile&& other) noexcept { *this = std::move(other); }
  Hostile& operator=(Hostile&& other) noexcept {
    std::swap(script_, other.script_);
    std::swap(port_, other.port_);
    std::swap(fd_, other.fd_);
    std::swap(sent_, other.sent_);
    std::swap(opened_, other.opened_);
    std::swap(lasted_, other.lasted_);
    return *this;
  }
  ~Hostile() { close(); }

  /// A flood goes on until it is reset, and then comes again.
  void turn(Clock::time_point now) {
    if (fd_ < 0) {
      if (!script_->slow() && now - opened_ > lasted_ + kComesAgainAfter) open();
      return;
    }
    const bool reset = !send(now);
    if (!over() || (!script_->slow() && !reset)) return;
    lasted_ = now - opened_;
    close();
  }

  const Script& script() const { return *script_; }
  bool is_open() const { return fd_ >= 0; }
  Clock::duration lasted() const { return lasted_; }

 private:
  void open() {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port_);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return close();
    fcntl(fd_, F_SETFL, O_NONBLOCK);
    opened_ = Clock::now();
    sent_ = 0;
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  /// Where the script is after `sent_` bytes; empty when it is at its end, or pauses.
  std::string_view next(Clock::time_point now) const {
    const std::string_view opening = script_->opening;
    const std::string_view piece = script_->piece;
    if (sent_ < opening.size()) return opening.substr(sent_);
    if (piece.empty()) return {};
    const std::size_t of_pieces = sent_ - opening.size();
    const std::size_t done = of_pieces / piece.size();
    const bool due = done < script_->pieces && now - opened_ >= script_->pause * static_cast<long>(done);
    return due ? piece.substr(of_pieces % piece.size()) : std::string_view{};
  }

  /// False when the peer has reset the connection.
  bool send(Clock::time_point now) {
    for (std::size_t in_turn = 0; in_turn < kTurnBytes;) {
      const std::string_view bytes = next(now).substr(0, kTurnBytes);
      if (bytes.empty()) return true;
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return errno == EAGAIN || errno == EWOULDBLOCK;
      in_turn += static_cast<std::size_t>(sent);
      sent_ += static_cast<std::size_t>(sent);
    }
    return true;
  }

  /// The peer has closed, or reset.
  bool over() const {
    char unused[4096];
    for (;;) {
      const ssize_t got = recv(fd_, unused, sizeof unused, 0);
      if (got > 0) continue;
      return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    }
  }

  const Script* script_ = nullptr;
  std::uint16_t port_ = 0;
  int fd_ = -1;
  std::size_t sent_ = 0;
  Clock::time_point opened_;
  Clock::duration lasted_{};
};

/// Times something again and again on a thread of its own.
class Stopwatch {
 public:
  template <typename Action>
  explicit Stopwatch(Action action)
      : thread_([this, action] {
          for (int i = 0; !stop_; ++i) {
            const auto start = Clock::now();
            failures_ += action(i) ? 0 : 1;
            const auto end = Clock::now();
            took_.push_back(Milliseconds(end - start).count());
            std::this_thread::sleep_until(start + 50ms);
          }
        }) {}
  void finish() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    std::sort(took_.begin(), took_.end());
  }
  ~Stopwatch() { finish(); }

  std::size_t count() const { return took_.size(); }
  int failures() const { return failures_; }
  double quantile(double q) const {
    return took_.at(static_cast<std::size_t>(std::ceil(q * static_cast<double>(took_.size()))) - 1);
  }
  double max() const { return took_.back(); }

 private:
  std::atomic<bool> stop_ = false;
  std::vector<double> took_;
  int failures_ = 0;
  std::thread thread_;
};

std::size_t resident_bytes_of(pid_t process) {
  std::istringstream lines(read_text_file("/proc/" + std::to_string(process) + "/status"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6)) * 1024;
  }
  return 0;
}

class HostileTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }

  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(SHIPPED_BINARY))
        << "what users run is tested here; build it by script/build release";
    exporter_ = std::make_unique<Exporter>(Start{.configuration = {}, .binary = SHIPPED_BINARY});
    for (int i = 0; i < 20; ++i) {  // what the first of a kind takes is not the attack's
      ASSERT_TRUE(scrape());
      ASSERT_TRUE(deliver(-1 - i));
    }
    for (const char* length : {"9999999", "x"}) {
      RawConnection refused(exporter_->ingest_port());
      refused.send(head("Connection: close\r\nContent-Length: " + std::string(length) + "\r\n\r\n"));
      EXPECT_THAT(refused.receive_to_end(), testing::StartsWith("HTTP/1.1 4"));
    }
  }

  bool scrape() { return exporter_->get("/metrics").status == 200; }

  /// Like a provider's: every fourth is a batch of 16 KiB.
  bool deliver(int number) {
    std::string body =
        R"({"payload":{"sessionId":"s)" + std::to_string(number) +
        R"(","subAccountId":"acme","sessionStatus":"ERROR","errorDetails":{"errorCode":-2010}}})";
    if (number % 4 == 0) body.resize(16 * 1024, ' ');
    return exporter_->post(kPath, body).status == 200;
  }

  /// Lets the clients have their way; returns the most memory that was seen.
  std::size_t watch(std::vector<Hostile>& clients, Clock::duration time) {
    std::size_t most = 0;
    const auto end = Clock::now() + time;
    for (auto now = Clock::now(); now < end; now = Clock::now()) {
      for (Hostile& client : clients) client.turn(now);
      most = std::max(most, resident_bytes_of(exporter_->process().id()));
      std::this_thread::sleep_until(now + kTurn);
    }
    return most;
  }

  void report(const std::string& name, double value, const std::string& unit) {
    std::ostringstream text;
    text.precision(1);
    text << std::fixed << value << ' ' << unit;
    std::cout << "  " << name << ": " << text.str() << '\n';
    RecordProperty(name, text.str());
  }

  std::unique_ptr<Exporter> exporter_;
};

TEST_F(HostileTest, CostNobodyElseAnything) {
  const std::vector<Script> all = scripts();
  std::vector<Hostile> clients;
  Stopwatch scrapes([this](int) { return scrape(); });
  Stopwatch webhooks([this](int i) { return deliver(i); });
  const std::size_t before = watch(clients, kPeace);
  for (const Script& script : all) {
    for (std::size_t i = 0; i < script.clients; ++i) clients.emplace_back(script, exporter_->ingest_port());
  }
  const std::size_t during = watch(clients, kAttack);
  scrapes.finish();
  webhooks.finish();

  Clock::duration slowest{};
  for (const Hostile& client : clients) {
    if (!client.script().slow()) continue;
    EXPECT_FALSE(client.is_open()) << client.script().name;
    slowest = std::max(slowest, client.lasted());
  }
  const double growth = static_cast<double>(during) - static_cast<double>(before);
  report("scrapes", static_cast<double>(scrapes.count()), "");
  report("scrape_p50", scrapes.quantile(0.5), "ms");
  report("scrape_p99", scrapes.quantile(0.99), "ms");
  report("webhooks", static_cast<double>(webhooks.count()), "");
  report("webhook_p99", webhooks.quantile(0.99), "ms");
  report("webhook_max", webhooks.max(), "ms");
  report("slow_socket_max", Milliseconds(slowest).count(), "ms");
  report("memory_before", static_cast<double>(before) / 1024 / 1024, "MiB");
  report("memory_growth", growth / 1024 / 1024, "MiB");

  EXPECT_EQ(scrapes.failures(), 0);
  EXPECT_EQ(webhooks.failures(), 0) << "whoever behaves is never refused";
  EXPECT_GT(scrapes.count(), 100u);
  EXPECT_LT(scrapes.quantile(0.99), 50);
  EXPECT_LT(webhooks.max(), 1000);
  EXPECT_LT(slowest, kSlowAtMost);
  EXPECT_LT(growth, kGrowthBytes);
  expect_conserved(exporter_->metrics());
  EXPECT_EQ(exporter_->stop(), 0) << exporter_->errors();
}

}  // namespace
}  // namespace telephony
