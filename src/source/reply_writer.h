// Replies on their way to a peer.
#pragma once

#include <string>
#include <utility>

#include "source/context.h"
#include "source/transport.h"

namespace telephony::ingest {

class ReplyWriter {
 public:
  explicit ReplyWriter(Transport& transport) : transport_(transport) {}

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
    transport_.async_wait_writable([this, then = std::move(then)](Transport::Error error) mutable {
      if (error || send_more(error)) return then(error);
      send_rest(deadline_, std::move(then));
    });
  }

 private:
  bool send_more(Transport::Error& error);  ///< whether that was all, or the peer is gone

  Transport& transport_;
  std::string queue_;
  std::string sending_;
  std::size_t sent_ = 0;  ///< of `sending_`
  Clock::time_point deadline_;
};

}  // namespace telephony::ingest
