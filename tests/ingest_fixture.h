// An ingest server over made-up sources, what it told its hooks, and a client that can misbehave.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "telephony_exporter/source/ingest_server.h"

namespace telephony {

using namespace std::chrono_literals;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
inline constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif

/// Polls until `condition` holds; false after ten seconds.
template <typename Condition>
bool eventually(Condition condition) {
  const auto give_up = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

inline std::size_t resident_bytes() {
  std::size_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

struct IngestReply {
  int status = 0;  ///< 0 when the connection ended without a reply
  std::string head;
  std::string body;

  bool has(std::string_view field) const { return head.find(field) != head.npos; }
  nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
};

/// A TCP connection that gives up after ten seconds.
class IngestClient {
 public:
  explicit IngestClient(std::uint16_t port, int receive_buffer = 0) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval patience{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0) << std::strerror(errno);
  }
  IngestClient(IngestClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), in_(std::move(other.in_)), tls_(std::move(other.tls_)) {}
  ~IngestClient() { vanish(); }

  /// Goes on under TLS, as the context says; takes the session to resume.
  void secure(SSL_CTX* context, SSL_SESSION* session = nullptr) {
    tls_.reset(SSL_new(context));
    SSL_set_fd(tls_.get(), fd_);
    if (session != nullptr) SSL_set_session(tls_.get(), session);
    SSL_SESSION_free(session);
    SSL_connect(tls_.get());
  }
  SSL* tls() const { return tls_.get(); }

  void vanish() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  /// Closes with an RST.
  void reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    vanish();
  }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                                : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Sends `piece` again and again, deaf to any reply.
  void flood(std::string_view piece, std::size_t bytes) {
    for (std::size_t sent = 0; sent < bytes && send(piece); sent += piece.size()) {
    }
  }

  IngestReply read() {
    IngestReply reply;
    while (in_.find("\r\n\r\n") == in_.npos && receive()) {
    }
    const std::size_t end = in_.find("\r\n\r\n");
    if (end == in_.npos) return reply;
    reply.head = in_.substr(0, end + 2);
    in_.erase(0, end + 4);
    reply.status = std::stoi(reply.head.substr(9, 3));
    const std::size_t length_at = reply.head.find("Content-Length: ");
    const std::size_t length = length_at == in_.npos ? 0 : std::stoul(reply.head.substr(length_at + 16));
    while (in_.size() < length && receive()) {
    }
    reply.body = in_.substr(0, length);
    in_.erase(0, length);
    return reply;
  }

  IngestReply ask(std::string_view request) {
    send(request);
    return read();
  }

  /// The server has closed, and sent nothing more before.
  bool closed() { return in_.empty() && !receive() && in_.empty(); }

 private:
  bool receive() {
    char bytes[4096];
    const ssize_t got =
        tls_ ? SSL_read(tls_.get(), bytes, sizeof bytes) : ::recv(fd_, bytes, sizeof bytes, 0);
    if (got > 0) in_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  int fd_;
  std::string in_;
  std::unique_ptr<SSL, void (*)(SSL*)> tls_{nullptr, SSL_free};
};

/// What a server told its hooks, and how it is to be answered.
class IngestRecorder {
 public:
  struct Accepted {
    std::string source;
    BodyFormat format;
    std::string body;
    std::string idempotency_key;
    std::vector<std::string> headers;
  };

  IngestHooks hooks() {
    return {
        [this](const Source& source, const RawEvent& raw, const Done& done) { accept(source, raw, done); },
        [this](const Source& source, RejectCause cause) {
          const std::lock_guard lock(mutex_);
          refused_.push_back(source.name + ' ' + std::string(name(cause)));
        },
        [this](int status) {
          const std::lock_guard lock(mutex_);
          replied_.push_back(status);
        }};
  }

  void answer_with(Receipt receipt) { receipt_ = std::move(receipt); }
  /// Keeps the answers until release() gives them, on the caller's thread.
  void hold() { hold_ = true; }
  void release() {
    std::vector<Done> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (const auto& done : held) done(receipt_);
  }

  std::vector<Accepted> accepted() const { return copy(accepted_); }
  std::vector<std::string> refused() const { return copy(refused_); }
  std::vector<int> replied() const { return copy(replied_); }
  std::size_t held() const { return copy(held_).size(); }

 private:
  void accept(const Source& source, const RawEvent& raw, const Done& done) {
    Accepted accepted{source.name, raw.format, std::string(raw.body), std::string(raw.idempotency_key), {}};
    for (const Header& header : raw.headers) {
      accepted.headers.push_back(std::string(header.name) + ": " + std::string(header.value));
    }
    {
      const std::lock_guard lock(mutex_);
      accepted_.push_back(std::move(accepted));
      if (hold_) held_.push_back(done);
    }
    if (!hold_) done(receipt_);
  }

  template <typename T>
  T copy(const T& values) const {
    const std::lock_guard lock(mutex_);
    return values;
  }

  mutable std::mutex mutex_;
  std::vector<Accepted> accepted_;
  std::vector<std::string> refused_;
  std::vector<int> replied_;
  std::vector<Done> held_;
  Receipt receipt_{.received = 1, .counted = 1, .rejects = {}};
  std::atomic<bool> hold_ = false;
};

inline std::shared_ptr<const Settings> ingest_settings() {
  auto settings = std::make_shared<Settings>();
  auto plain = std::make_unique<Catalog>();
  auto reads_headers = std::make_unique<Catalog>();
  reads_headers->reading.headers = {{"reason", Slot{0}}};
  const auto add = [&](const char* name, std::optional<Auth> auth, const Catalog& catalog) {
    Source source;
    source.name = name;
    source.input = Webhook{std::string("/hooks/") + name, std::move(auth), ""};
    source.catalog = &catalog;
    settings->sources.push_back(std::move(source));
  };
  add("open", std::nullopt, *plain);
  add("secret", AuthHeader{"X-Token", {Secret{"old-token"}, Secret{"new-token"}}}, *plain);
  add("headers", AuthNone{}, *reads_headers);
  settings->catalogs.push_back(std::move(plain));
  settings->catalogs.push_back(std::move(reads_headers));
  return settings;
}

/// A request to /hooks/open; `fields` each end with CRLF.
inline std::string ingest_request(std::string_view body, std::string_view fields = {},
                                  std::string_view line = "POST /hooks/open HTTP/1.1") {
  return std::string(line) +
         "\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

class IngestServerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }

  void serve(const IngestLimits& limits = {}) {
    server_ = std::make_unique<IngestServer>("127.0.0.1:0", live_, recorder_.hooks(), log_, limits);
  }
  IngestClient connect(int receive_buffer = 0) {
    if (!server_) serve();
    const std::string address = server_->address();
    const int port = std::stoi(address.substr(address.rfind(':') + 1));
    return IngestClient(static_cast<std::uint16_t>(port), receive_buffer);
  }
  IngestReply ask(std::string_view request) { return connect().ask(request); }

  /// Sends a request that is to be refused, and checks the problem and what the hooks were told.
  void expect_refused(const std::string& request, int status, const std::vector<std::string>& refused = {}) {
    IngestClient client = connect();
    const std::size_t before = recorder_.refused().size();
    const IngestReply reply = client.ask(request);
    EXPECT_EQ(reply.status, status) << request.substr(0, 300) << "\n" << reply.head << reply.body;
    EXPECT_TRUE(reply.has("Content-Type: application/problem+json\r\n")) << reply.head;
    const nlohmann::json problem = reply.json();
    EXPECT_EQ(problem.value("type", ""), "about:blank");
    EXPECT_EQ(problem.value("status", 0), status);
    EXPECT_NE(problem.value("title", ""), "");
    EXPECT_NE(problem.value("detail", ""), "");
    const std::vector<std::string> told = recorder_.refused();
    EXPECT_EQ(std::vector<std::string>(told.begin() + static_cast<std::ptrdiff_t>(before), told.end()),
              refused)
        << request.substr(0, 300);
    ASSERT_FALSE(recorder_.replied().empty());
    EXPECT_EQ(recorder_.replied().back(), status);
    EXPECT_TRUE(recorder_.accepted().empty());
  }

  std::mutex log_mutex_;
  std::vector<std::string> logged_;
  Log log_{LogLevel::debug, LogFormat::logfmt, [this](std::string_view line) {
             const std::lock_guard lock(log_mutex_);
             logged_.emplace_back(line);
           }};
  Live live_{ingest_settings()};
  IngestRecorder recorder_;
  std::unique_ptr<IngestServer> server_;
};

}  // namespace telephony
