// One blocking connection to a server on this machine.
#pragma once

#include <string>
#include <string_view>

namespace telephony::bench {

/// What a server answered.
struct Reply {
  int status = 0;
  std::string body;  ///< as it was sent: packed, and in chunks, where the server did so
};

/// Throws std::runtime_error when the server cannot be reached or hangs up in the middle.
class Peer {
 public:
  explicit Peer(int port);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void send(std::string_view bytes);
  /// Reads as long as Content-Length says, or to the end of the connection where nothing does.
  Reply receive();

 private:
  bool read_more();

  int socket_;
  std::string buffer_;
};

}  // namespace telephony::bench
