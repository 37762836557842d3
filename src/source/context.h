// What the connections of one listener share, on its thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "source/body_budget.h"
#include "source/head.h"
#include "source/mailbox.h"
#include "source/socket.h"
#include "telephony_exporter/source/ingest_server.h"

namespace telephony::ingest {

using Clock = std::chrono::steady_clock;

class Connection;

struct Context {
  const Live& live;
  IngestHooks hooks;
  IngestLimits limits;
  Log& log;
  std::shared_ptr<Mailbox> mailbox = {};
  std::function<void(Connection&)> closed = {};
  std::function<void()> make_room = {};  ///< ends slow requests while they hold too much together
  BodyBudget bodies = {};
  Head head = {};         ///< of the request that is being let in
  bool stopping = false;  ///< replies end their connections
};

}  // namespace telephony::ingest
