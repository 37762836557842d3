// Replies on their way to a peer.
#pragma once

#include <string>

#include "source/clock.h"
#include "source/transport.h"

namespace telephony::ingest {

/// Replies are written into one queue that all connections of a thread share, and sent from there by one
/// call before it is another connection's turn; only what a socket does not take is kept by its connection.
class ReplyWriter {
 public:
  ReplyWriter(Transport& transport, std::string& queue) : transport_(transport), queue_(queue) {}

  std::string& queue() { return queue_; }
  /// The socket is full: send_rest() is to be called when it is no longer.
  bool busy() const { return !sending_.empty(); }
  bool overdue(Clock::time_point now) const { return busy() && now >= deadline_; }

  /// Empties the queue: sends what the socket takes at once and keeps the rest, which must be gone by
  /// `deadline`. False when the peer is gone.
  bool send(Clock::time_point deadline);
  /// Sends of what was left over what the socket takes now. False when the peer is gone.
  bool send_rest();

 private:
  Transport& transport_;
  std::string& queue_;
  std::string sending_;
  std::size_t sent_ = 0;  ///< of `sending_`
  Clock::time_point deadline_;
};

}  // namespace telephony::ingest
