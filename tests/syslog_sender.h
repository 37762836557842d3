// Senders of syslog that say exactly what they are told to, from any loopback address.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

namespace telephony {

class SyslogSender {
 public:
  SyslogSender(int type, std::uint16_t port, const char* from = "127.0.0.1")
      : socket_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    const timeval patience{60, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, from, &address.sin_addr);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  SyslogSender(SyslogSender&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
  ~SyslogSender() { close(); }

  bool connected() const { return connected_; }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  /// Closes with an RST.
  void reset() {
    const linger now{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// As much as is taken without waiting.
  std::size_t send_now(std::string_view bytes) const {
    std::size_t sum = 0;
    for (;;) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent <= 0) return sum;
      sum += static_cast<std::size_t>(sent);
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      if (bytes.empty()) return sum;
    }
  }
  /// Waits for the other side to close.
  bool closed_by_peer() const {
    std::array<char, 64> unused{};
    const ssize_t got = recv(socket_, unused.data(), unused.size(), 0);
    return got == 0 || (got < 0 && errno == ECONNRESET);
  }

 private:
  int socket_;
  bool connected_ = false;
};

inline SyslogSender syslog_udp(std::uint16_t port, const char* from = "127.0.0.1") {
  return {SOCK_DGRAM, port, from};
}
inline SyslogSender syslog_tcp(std::uint16_t port, const char* from = "127.0.0.1") {
  return {SOCK_STREAM, port, from};
}

}  // namespace telephony
