#include "bench/load/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>

namespace telephony::bench {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024, kKeptBytes = 64 * 1024;

std::optional<std::size_t> content_length(std::string_view head) {
  constexpr std::string_view kName = "\r\nContent-Length:";
  for (std::size_t at = 0; (at = head.find("\r\n", at)) != head.npos; at += 2) {
    if (strncasecmp(head.data() + at, kName.data(), kName.size()) == 0) {
      return std::stoull(std::string(head.substr(at + kName.size(), 20)));
    }
  }
  return std::nullopt;
}

}  // namespace

Peer::Peer(int port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      block_(std::make_unique_for_overwrite<char[]>(kBlockBytes)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("nobody listens on port " + std::to_string(port));
  }
}

Peer::~Peer() { ::close(socket_); }

void Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("the server hung up");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// How many bytes stand in the block now; 0 at the end of the connection.
std::size_t Peer::read() {
  const auto got = ::recv(socket_, block_.get(), kBlockBytes, 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

Reply Peer::receive() {
  std::string text;
  std::size_t end = text.npos, total = 0;
  std::optional<std::size_t> length;
  while (end == text.npos || !length || total < end + *length) {
    const std::size_t got = read();
    if (got == 0 && (end == text.npos || length))
      throw std::runtime_error("the server hung up before its answer was whole");
    if (got == 0) break;
    total += got;
    text.append(block_.get(), std::min(got, kKeptBytes - text.size()));
    if (end != text.npos || (end = text.find("\r\n\r\n")) == text.npos) continue;
    end += 4;
    length = content_length(text.substr(0, end));
  }
  return {std::stoi(text.substr(9, 3)), text.substr(end), total - end};
}

}  // namespace telephony::bench
