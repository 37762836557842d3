// Replies on their way into a socket.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <utility>

#include "source/context.h"

namespace telephony::ingest {

class ReplyWriter {
 public:
  explicit ReplyWriter(Socket& socket) : socket_(socket) {}

  std::string& queue() { return queue_; }
  /// The socket is full: send_rest() is to be called, or runs.
  bool busy() const { return !sending_.empty(); }
  bool overdue(Clock::time_point now) const { return busy() && now >= deadline_; }

  /// Sends of the queue what the socket takes at once. False when the peer is gone.
  bool send();

  /// Sends what was left over; `then` is called with the outcome.
  template <typename Then>
  void send_rest(Clock::time_point deadline, Then then) {
    deadline_ = deadline;
    boost::asio::async_write(
        socket_, boost::asio::buffer(sending_),
        [this, then = std::move(then)](const boost::system::error_code& error, std::size_t) {
          std::string().swap(sending_);
          then(error);
        });
  }

 private:
  Socket& socket_;
  std::string queue_;
  std::string sending_;
  Clock::time_point deadline_;
};

}  // namespace telephony::ingest
