// A web server over a small made-up catalog, and a client that can misbehave.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <prometheus/metric_family.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "telephony_exporter/expose/web_server.h"

namespace telephony {

struct WebReply {
  int status = 0;  ///< 0: no whole reply came
  std::string head;
  std::string body;

  /// The header's value; `name` is spelt as in the reply.
  std::string header(const std::string& name) const {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

/// A blocking TCP connection; a read that gets nothing for ten seconds fails.
class WebClient {
 public:
  explicit WebClient(const std::string& address, int receive_buffer = 0) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    if (receive_buffer > 0)
      setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0) << address;
  }
  WebClient(WebClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), in_(std::move(other.in_)) {}
  ~WebClient() {
    if (socket_ >= 0) close(socket_);
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  WebReply read(bool is_head = false) {
    WebReply reply;
    while (in_.find("\r\n\r\n") == std::string::npos) {
      if (!more()) return {};
    }
    const auto end = in_.find("\r\n\r\n") + 4;
    reply.head = in_.substr(0, end);
    const auto length = is_head ? 0 : std::stoul("0" + reply.header("Content-Length"));
    while (in_.size() < end + length) {
      if (!more()) return {};
    }
    reply.body = in_.substr(end, length);
    in_.erase(0, end + length);
    std::from_chars(reply.head.data() + 9, reply.head.data() + 12, reply.status);
    return reply;
  }

  /// Reads until the server has closed the connection; false when it never does.
  bool is_closed() {
    while (more()) {
    }
    return errno != EAGAIN;
  }

  std::size_t unread() const { return in_.size(); }

 private:
  bool more() {
    char bytes[16384];
    errno = 0;
    const auto got = recv(socket_, bytes, sizeof bytes, 0);
    if (got > 0) in_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  std::string in_;
};

/// A family of `series` gauges whose label is `bytes` long.
class PaddedMetrics : public prometheus::Collectable {
 public:
  PaddedMetrics(int series, std::size_t bytes) : series_(series), bytes_(bytes) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    prometheus::MetricFamily family{"padded", "Padded.", prometheus::MetricType::Gauge, {}};
    for (int i = 0; i < series_; ++i) {
      prometheus::ClientMetric metric;
      metric.label = {{"pad", std::to_string(i) + std::string(bytes_, 'x')}};
      family.metric.push_back(metric);
    }
    ++collected;
    return {family};
  }

  mutable std::atomic<int> collected = 0;

 private:
  int series_;
  std::size_t bytes_;
};

inline Entry web_entry(const std::string& code, const std::string& reason, const std::string& message) {
  Entry entry;
  entry.code = code;
  entry.reason = reason;
  entry.family = "request_failure";
  entry.category = Category::policy;
  entry.severity = Severity::critical;
  entry.retry = {RetryClass::backoff, std::chrono::seconds{5}, std::chrono::seconds{300}};
  entry.message = message;
  entry.meaning = "The call is <b>not</b> allowed.";
  entry.remedy = "Ask for permission.";
  entry.source = "https://example.com/codes?a=1&b=2";
  return entry;
}

inline std::shared_ptr<const Settings> web_settings() {
  auto catalog = std::make_unique<Catalog>();
  catalog->provider = "acme";
  catalog->title = "Acme & Sons";
  auto& space = catalog->spaces.emplace_back();
  space.name = "voice";
  space.title = "Voice";
  space.products = {"voice"};
  space.entries = {web_entry("403", "forbidden", "Forbidden"),
                   web_entry("403", "blacklisted", "Number blacklisted"),
                   web_entry("486", "busy", "Busy here")};
  space.build();

  auto settings = std::make_shared<Settings>();
  Source hook;
  hook.name = "acme-voice";
  hook.provider = "acme";
  hook.product = "voice";
  hook.catalog = catalog.get();
  hook.space = &space;
  hook.input = Webhook{"/webhooks/acme", AuthHeader{"Authorization", {Secret{"hunter2"}}}, {}};
  Source file = hook;
  file.name = "acme-log";
  file.input = LogFiles{{"/var/log/<acme>.log"}, false, false, {}};
  settings->catalogs.push_back(std::move(catalog));
  settings->sources = {hook, file};
  return settings;
}

/// Polls until `done` holds; false after thirty seconds.
template <typename Condition>
bool becomes_true(Condition done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

class WebServerTest : public testing::Test {
 protected:
  explicit WebServerTest(int series = 2, std::size_t padding = 3) : metrics_(series, padding) {}

  WebParts parts() {
    return {.live = live_,
            .unlisted = unlisted_,
            .hints = hints_,
            .ledger = ledger_,
            .metrics = {&metrics_},
            .source_state =
                [](const std::string&) {
                  return SourceState{true, 7, 1};
                },
            .ready = [this] { return ready_.load(); },
            .reload = [this] { return reload_(); },
            .replied =
                [this](int status) {
                  const std::lock_guard lock(mutex_);
                  ++replied_[status];
                },
            .ingest_address = "127.0.0.1:10066",
            .limits = limits_};
  }

  void serve() { server_.emplace("127.0.0.1:0", telemetry_path_, parts(), log_); }
  WebClient client(int receive_buffer = 0) {
    if (!server_) serve();
    return WebClient(server_->address(), receive_buffer);
  }
  WebReply ask(const std::string& line, const std::string& headers = {}) {
    auto connection = client();
    connection.send(line + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
    return connection.read(line.starts_with("HEAD"));
  }
  int replied(int status) {
    const std::lock_guard lock(mutex_);
    return replied_[status];
  }

  std::string logged() {
    const std::lock_guard lock(mutex_);
    return logged_;
  }

  Live live_{web_settings()};
  UnlistedCodes unlisted_;
  Hints hints_{live_.get()};
  Ledger ledger_{live_.get()};
  PaddedMetrics metrics_;
  std::atomic<bool> ready_ = true;
  std::function<std::string()> reload_ = [] { return std::string(); };
  std::string telemetry_path_ = "/metrics";
  WebLimits limits_;
  std::mutex mutex_;
  std::map<int, int> replied_;
  std::string logged_;
  Log log_{LogLevel::info, LogFormat::logfmt, [this](std::string_view line) {
             const std::lock_guard lock(mutex_);
             logged_ += line;
           }};
  std::optional<WebServer> server_;  // the last member: its threads use the others
};

}  // namespace telephony
