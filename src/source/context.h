// What the connections of one listener share, on its thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "source/answers.h"
#include "source/body_budget.h"
#include "source/event_loop.h"
#include "source/places.h"
#include "source/request_reader.h"
#include "telephony_exporter/source/ingest_server.h"

namespace telephony::ingest {

class Connection;

struct Context {
  const Live& live;
  IngestHooks hooks;
  IngestLimits limits;
  Log& log;
  LiveView settings{live};
  EventLoop loop = {};
  std::shared_ptr<Answers> answers = std::make_shared<Answers>();
  std::function<void(Connection&)> closed = {};
  BodyBudget bodies = {};
  Places places = {};
  Workbench bench = {};      ///< for the request that is being read
  std::string replies = {};  ///< of the connection whose turn it is, until they are sent
  bool stopping = false;     ///< replies end their connections
};

}  // namespace telephony::ingest
