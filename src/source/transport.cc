#include "source/transport.h"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace telephony::ingest {

namespace asio = boost::asio;

void Transport::speak_tls(ssl_ctx_st& context, Log& log) {
  tls_ = std::make_unique<TlsSession>(context, socket_.native_handle(), log);
}

void Transport::read_later(std::span<char> room, ReadDone done) {
  if (!tls_->has_pending()) return read_when(Socket::wait_read, room, std::move(done));
  // The socket will not tell of bytes that it has given away already.
  asio::post(socket_.get_executor(), [this, room, done = std::move(done), cancelled = cancelled_]() mutable {
    if (cancelled != cancelled_) return done(asio::error::operation_aborted, 0);
    read_now(room, std::move(done));
  });
}

void Transport::read_when(Socket::wait_type ready, std::span<char> room, ReadDone done) {
  socket_.async_wait(
      ready, [this, room, done = std::move(done), cancelled = cancelled_](const Error& error) mutable {
        if (error) return done(error, 0);
        if (cancelled != cancelled_) return done(asio::error::operation_aborted, 0);
        read_now(room, std::move(done));
      });
}

void Transport::read_now(std::span<char> room, ReadDone done) {
  Error error;
  const std::size_t bytes = tls_->read(room, error);
  if (error == asio::error::would_block) {
    return read_when(tls_->wants_write() ? Socket::wait_write : Socket::wait_read, room, std::move(done));
  }
  if (error == kNotTls) tls_.reset();
  done(error, bytes);
}

bool Transport::has_unread() const {
  Error ignored;
  return (tls_ && tls_->has_pending()) || socket_.available(ignored) > 0;
}

void Transport::cancel() {
  ++cancelled_;
  Error ignored;
  socket_.cancel(ignored);
}

void Transport::finish_sending() {
  Error ignored;
  if (tls_) tls_->close_notify();
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Transport::close() {
  ++cancelled_;
  Error ignored;
  if (tls_) tls_->close_notify();
  socket_.close(ignored);
}

}  // namespace telephony::ingest
