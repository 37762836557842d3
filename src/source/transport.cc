#include "source/transport.h"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cerrno>

namespace telephony::ingest {
namespace {

namespace error = boost::asio::error;

Transport::Error last_error() { return {errno, boost::system::system_category()}; }

}  // namespace

void Transport::speak_tls(ssl_ctx_st& context, Log& log) {
  tls_ = std::make_unique<TlsSession>(context, socket_.get(), log);
}

void Transport::on_ready(std::uint32_t events) {
  constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  ending_ |= (events & kEnd) != 0;
  // TLS may want to write before it can read.
  readable_ |= (events & (EPOLLIN | kEnd)) != 0 || (tls_ && events != 0);
}

std::size_t Transport::read_some(std::span<char> room, Error& error) {
  if (tls_) {
    const std::size_t bytes = tls_->read(room, error);
    if (error == error::would_block) readable_ = false;
    if (error == kNotTls) tls_.reset();
    return bytes;
  }
  const ssize_t received = ::recv(socket_.get(), room.data(), room.size(), 0);
  if (received < 0) error = last_error();
  if (received == 0) error = error::eof;
  const auto bytes = static_cast<std::size_t>(std::max<ssize_t>(received, 0));
  if (error == error::would_block || (!error && bytes < room.size() && !ending_)) readable_ = false;
  return bytes;
}

std::size_t Transport::write_some(std::string_view bytes, Error& error) {
  if (tls_) return tls_->write(bytes, error);
  const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent < 0) error = last_error();
  return static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
}

bool Transport::has_unread() const {
  int unread = 0;
  return (tls_ && tls_->has_pending()) || (ioctl(socket_.get(), FIONREAD, &unread) == 0 && unread > 0);
}

void Transport::finish_sending() {
  if (tls_) tls_->close_notify();
  ::shutdown(socket_.get(), SHUT_WR);
}

void Transport::close() {
  if (tls_) tls_->close_notify();
  socket_.close();
}

}  // namespace telephony::ingest
