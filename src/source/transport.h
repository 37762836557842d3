// A peer's socket, plain or under TLS, so that a connection need not know which.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "source/descriptor.h"
#include "source/tls_session.h"

namespace telephony::ingest {

/// Nothing here waits: what can't be done at once fails with would_block.
class Transport {
 public:
  using Error = boost::system::error_code;

  explicit Transport(Descriptor socket) : socket_(std::move(socket)) {}

  /// Before anything is read.
  void speak_tls(ssl_ctx_st& context, Log& log);

  /// Takes note of what epoll told of the socket.
  void on_ready(std::uint32_t events);
  /// A read may return something. A read that did not fill its room has emptied the socket, and what comes
  /// later is told of again; but the end of the stream is told of with what came before it.
  bool readable() const { return readable_; }

  /// At the end of the stream fails with eof. kNotTls leaves the peer's bytes unread, and the connection
  /// plain.
  std::size_t read_some(std::span<char> room, Error& error);
  /// What can be written at once.
  std::size_t write_some(std::string_view bytes, Error& error);

  bool has_unread() const;  ///< bytes were received that no read has returned
  void finish_sending();
  void close();
  int socket() const { return socket_.get(); }  ///< for what is not to be understood

 private:
  Descriptor socket_;
  std::unique_ptr<TlsSession> tls_;
  bool readable_ = false;
  bool ending_ = false;  ///< the peer has finished sending, or is gone
};

}  // namespace telephony::ingest
