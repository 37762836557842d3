// Lingering close: what a peer still sends after its last reply is read and dropped, because closing with
// bytes unread would send an RST, which can destroy the reply on its way. TLS is dropped as it comes.
#pragma once

#include <cstddef>
#include <utility>

#include "source/socket.h"

namespace telephony::ingest {

class Drain {
 public:
  explicit Drain(Socket& socket) : socket_(socket) {}

  /// Calls `done` when the peer has closed or has sent too much. Ends without it when the socket is closed.
  template <typename Done>
  void run(Done done) {
    socket_.async_wait(Socket::wait_read,
                       [this, done = std::move(done)](const boost::system::error_code& error) mutable {
                         if (error) return;
                         if (!drop()) return done();
                         run(std::move(done));
                       });
  }

 private:
  bool drop();  ///< false when there is nothing more to wait for

  Socket& socket_;
  std::size_t dropped_bytes_ = 0;
};

}  // namespace telephony::ingest
