// A peer's socket, plain or under TLS, so that a connection need not know which.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "source/socket.h"
#include "source/tls_session.h"

namespace telephony::ingest {

/// What is done costs a plain socket one comparison more than without this class.
class Transport {
 public:
  using Error = boost::system::error_code;

  explicit Transport(Socket socket) : socket_(std::move(socket)) {}

  /// Before anything is read.
  void speak_tls(ssl_ctx_st& context, Log& log);

  /// `done` is called with the outcome later, never from here. kNotTls leaves the peer's bytes unread, and
  /// the connection plain.
  template <typename Done>
  void async_read_some(std::span<char> room, Done done) {
    if (tls_) return read_later(room, std::move(done));
    socket_.async_read_some(boost::asio::buffer(room.data(), room.size()), std::move(done));
  }

  /// What can be written at once.
  std::size_t write_some(std::string_view bytes, Error& error) {
    if (tls_) return tls_->write(bytes, error);
    return socket_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), error);
  }

  template <typename Done>
  void async_wait_writable(Done done) {
    socket_.async_wait(Socket::wait_write, std::move(done));
  }

  bool has_unread() const;  ///< bytes were received that no read has returned
  void cancel();            ///< a read that waits; its room is not touched any more
  void finish_sending();
  void close();
  Socket& socket() { return socket_; }  ///< for what is not to be understood

 private:
  using ReadDone = std::function<void(const Error& error, std::size_t bytes)>;

  void read_later(std::span<char> room, ReadDone done);
  void read_when(Socket::wait_type ready, std::span<char> room, ReadDone done);
  void read_now(std::span<char> room, ReadDone done);

  Socket socket_;
  std::unique_ptr<TlsSession> tls_;
  unsigned cancelled_ = 0;  ///< how often: a wait that is over can't be cancelled, but its read can
};

}  // namespace telephony::ingest
