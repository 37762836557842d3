// Large bodies are taken in one or a few at a time; the others wait in their senders' sockets, which costs no
// memory here.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "source/clock.h"

namespace telephony::ingest {

class Connection;

/// On the listener's thread. First come, first served.
class Places {
 public:
  /// False when all are taken; Connection::go_on() is called when it is this one's turn.
  bool take(const std::shared_ptr<Connection>& connection);
  void leave(const Connection& connection);

  /// Ends the bodies that have had their places since before `then` and that others wait for.
  void clear_since(Clock::time_point then);

 private:
  struct Holder {
    Connection* connection;
    Clock::time_point since;
  };

  std::shared_ptr<Connection> first_waiting();  ///< null when nobody waits any more

  std::vector<Holder> holders_;  ///< in the order in which they came
  std::deque<std::weak_ptr<Connection>> waiting_;
};

}  // namespace telephony::ingest
