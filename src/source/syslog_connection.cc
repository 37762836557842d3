#include "source/syslog_connection.h"

#include <netinet/tcp.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace telephony::syslog {
namespace {

using boost::system::error_code;

constexpr int kProbeAfterSeconds = 60;  // a peer that is gone without a word is found by the kernel

}  // namespace

Connection::Connection(Socket socket, Context& context, const IpAddress& peer)
    : socket_(std::move(socket)),
      context_(context),
      peer_(peer),
      deadline_(Clock::now() + context.limits.idle) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(boost::asio::socket_base::keep_alive(true), ignored);
  setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_KEEPIDLE, &kProbeAfterSeconds,
             sizeof kProbeAfterSeconds);
}

void Connection::serve(const std::shared_ptr<Inbox>& inbox) {
  const bool first = inbox_ == nullptr;
  inbox_ = inbox;
  if (!inbox_->allows(peer_)) return close();
  if (first) wait();
}

void Connection::wait() {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code&) { self->read(); });
}

void Connection::read() {
  if (closed()) return;
  if (inbox_->full()) {
    deadline_ = Clock::time_point::max();  // it is not the sender who is slow
    return inbox_->when_room([self = shared_from_this()] {
      self->set_deadline();
      self->read();
    });
  }
  error_code error;
  const std::size_t bytes = socket_.read_some(boost::asio::buffer(context_.scratch.get(), kReadBytes), error);
  if (error == boost::asio::error::would_block) return stopping_ ? end(false) : wait();
  if (error) return end(error == boost::asio::error::eof);
  take({context_.scratch.get(), bytes});
  inbox_->deliver();
  if (!stopping_) return wait();
  post(socket_.get_executor(), [self = shared_from_this()] { self->read(); });
}

void Connection::take(std::string_view bytes) {
  bool another = !frames_.inside();  // a frame that goes on has the time that is left to it
  std::string_view message;
  for (Frames::Next next{}; (next = frames_.next(bytes, message)) != Frames::Next::nothing; another = true) {
    if (next == Frames::Next::message) inbox_->add(message);
    if (next == Frames::Next::too_long) inbox_->refuse(RejectCause::too_long);
  }
  if (another || !frames_.inside()) set_deadline();
}

void Connection::set_deadline() {
  deadline_ = Clock::now() + (frames_.inside() ? context_.limits.frame : context_.limits.idle);
}

void Connection::end(bool in_order) {
  std::string_view message;
  const Frames::Next last = frames_.end(in_order, message);
  if (last == Frames::Next::message) inbox_->add(message);
  if (last == Frames::Next::cut) inbox_->refuse(RejectCause::malformed);
  close();
  inbox_->deliver();
}

void Connection::expire(Clock::time_point now) {
  if (now < deadline_) return;
  std::string_view message;
  if (frames_.end(false, message) == Frames::Next::cut) inbox_->refuse(RejectCause::timeout);
  close();
}

std::optional<Clock::time_point> Connection::silent_until() const {
  error_code gone;
  const bool silent = !frames_.inside() && socket_.available(gone) == 0;
  return silent ? std::optional(deadline_) : std::nullopt;
}

void Connection::stop() {
  stopping_ = true;
  error_code ignored;
  socket_.cancel(ignored);  // wakes wait()
}

void Connection::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace telephony::syslog
