// One blocking connection to a server on this machine.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace telephony::bench {

/// What a server answered.
struct Reply {
  int status = 0;
  std::string body;       ///< its beginning, as it was sent: packed, and in chunks, where the server did so
  std::size_t bytes = 0;  ///< of the whole body
};

/// Throws std::runtime_error when the server cannot be reached or hangs up in the middle.
class Peer {
 public:
  explicit Peer(int port);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void send(std::string_view bytes);
  /// To be called once for every request. Reads as long as Content-Length says, or to the end of the
  /// connection where nothing does.
  Reply receive();

 private:
  std::size_t read();

  int socket_;
  std::unique_ptr<char[]> block_;  ///< what was read last; a page of megabytes is not kept
};

}  // namespace telephony::bench
