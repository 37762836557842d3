#include "bench/load/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <stdexcept>

namespace telephony::bench {
namespace {

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

Peer::Peer(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
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

bool Peer::read_more() {
  constexpr std::size_t kStep = 256 * 1024;
  const std::size_t had = buffer_.size();
  buffer_.resize(had + kStep);
  const auto got = ::recv(socket_, buffer_.data() + had, kStep, 0);
  buffer_.resize(had + static_cast<std::size_t>(got > 0 ? got : 0));
  return got > 0;
}

Reply Peer::receive() {
  std::size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == buffer_.npos) {
    if (!read_more()) throw std::runtime_error("the server hung up before an answer");
  }
  const std::string head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  const auto length = content_length(head);
  while (!length || buffer_.size() < *length) {
    if (read_more()) continue;
    if (length) throw std::runtime_error("the server hung up in the middle of an answer");
    break;
  }
  Reply reply = {std::stoi(head.substr(9, 3)), buffer_.substr(0, length.value_or(buffer_.size()))};
  buffer_.erase(0, reply.body.size());
  return reply;
}

}  // namespace telephony::bench
