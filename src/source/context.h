// What the connections of one listener share, on its thread.
#pragma once

#include <functional>
#include <memory>

#include "source/body_budget.h"
#include "source/head.h"
#include "source/mailbox.h"
#include "source/places.h"
#include "source/socket.h"
#include "telephony_exporter/source/ingest_server.h"

namespace telephony::ingest {

class Connection;

struct Context {
  const Live& live;
  IngestHooks hooks;
  IngestLimits limits;
  Log& log;
  std::shared_ptr<Mailbox> mailbox = {};
  std::function<void(Connection&)> closed = {};
  BodyBudget bodies = {};
  Places places = {};
  Head head = {};         ///< of the request that is being let in
  bool stopping = false;  ///< replies end their connections
};

}  // namespace telephony::ingest
