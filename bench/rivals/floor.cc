// The least that a server with such answers can do: epoll, and a recv and a send for a request. Of each
// connection it reads the length of the first request, and takes all that follow to be as long.
//   floor port=N status=N text=TEXT bytes=N file=PATH
// An answer is the text, and as many bytes more. With a file, 90 bytes a request are appended to it and
// synced before the answers of a round go out. GET /count tells how many requests it had.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/load/arguments.h"

namespace telephony::bench {
namespace {

constexpr std::size_t kRecordBytes = 90, kRoomBytes = 256 * 1024;

int checked(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + " failed");
  return result;
}

std::string answer(const std::string& status, const std::string& body) {
  const std::string length = status == "204" ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return "HTTP/1.1 " + status + " Answered\r\n" + length + "\r\n" + body;
}

/// Bytes of the request that begins here.
std::size_t request_bytes(std::string_view text) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  std::size_t length = 0;
  for (std::size_t at = 0; (at = text.find("\r\n", at)) != text.npos; at += 2) {
    if (strncasecmp(text.data() + at, kName.data(), kName.size()) == 0)
      length = std::stoull(std::string(text.substr(at + kName.size(), 20)));
    if (text.substr(at).starts_with("\r\n\r\n")) return at + 4 + length;
  }
  throw std::runtime_error("the first request has no whole head");
}

class Floor {
 public:
  explicit Floor(const Arguments& arguments)
      : epoll_(checked(epoll_create1(0), "epoll_create1")),
        answer_(answer(arguments.word("status"),
                       arguments.word("text") + std::string(arguments.number("bytes"), 'x'))) {
    const std::string file = arguments.word("file");
    if (!file.empty()) file_ = checked(::open(file.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600), "open");
    listen(static_cast<std::uint16_t>(arguments.number("port")));
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 512> events;
    for (;;) {
      const int ready = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < ready; ++i) {
        const int socket = events[static_cast<std::size_t>(i)].data.fd;
        socket == listener_ ? accept() : read(socket);
      }
      if (file_ >= 0 && !answered_.empty()) sync();
      answered_.clear();
    }
  }

 private:
  struct Connection {
    std::size_t size = 0;  ///< of each request; 0: not known yet
    std::size_t got = 0;   ///< of the one that is under way
    bool asks = false;     ///< for the count
  };

  void listen(std::uint16_t port) {
    listener_ = checked(::socket(AF_INET, SOCK_STREAM, 0), "socket");
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    checked(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
    checked(::listen(listener_, 4096), "listen");
    wait_for(listener_);
  }

  void wait_for(int socket) {
    epoll_event event = {.events = EPOLLIN, .data = {.fd = socket}};
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event), "epoll_ctl");
  }

  void accept() {
    const int socket = checked(::accept(listener_, nullptr, nullptr), "accept");
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_[socket] = {};
    wait_for(socket);
  }

  void read(int socket) {
    Connection& connection = connections_[socket];
    const auto got = ::recv(socket, room_.data(), room_.size(), 0);
    if (got <= 0) {
      connections_.erase(socket);
      ::close(socket);
      return;
    }
    if (connection.size == 0) {
      const std::string_view text(room_.data(), static_cast<std::size_t>(got));
      connection.asks = text.starts_with("GET /count ");
      connection.size = request_bytes(text);
    }
    connection.got += static_cast<std::size_t>(got);
    for (; connection.got >= connection.size; connection.got -= connection.size) {
      requests_ += connection.asks ? 0 : 1;
      if (connection.asks)
        send(socket, answer("200", std::to_string(requests_)));
      else if (file_ >= 0)
        answered_.push_back(socket);
      else
        send(socket, answer_);
    }
  }

  /// The answers of a round, once its records are on disk.
  void sync() {
    const std::string records(kRecordBytes * answered_.size(), 'r');
    if (::write(file_, records.data(), records.size()) < 0 || ::fdatasync(file_) != 0)
      throw std::runtime_error("the file cannot be written");
    for (const int socket : answered_) send(socket, answer_);
  }

  static void send(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the peer hung up, which the next recv will tell
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  int epoll_, listener_ = -1, file_ = -1;
  std::string answer_;
  std::vector<char> room_ = std::vector<char>(kRoomBytes);
  std::unordered_map<int, Connection> connections_;
  std::vector<int> answered_;
  std::uint64_t requests_ = 0;
};

}  // namespace
}  // namespace telephony::bench

int main(int argc, char** argv) {
  try {
    telephony::bench::Floor(telephony::bench::Arguments(argc, argv)).run();
  } catch (const std::exception& e) {
    std::cerr << "floor: " << e.what() << '\n';
    return 1;
  }
}
