// What the connections of one listener share, on its thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "source/body_budget.h"
#include "source/head.h"
#include "source/mailbox.h"
#include "telephony_exporter/source/ingest_server.h"

namespace telephony::ingest {

// Asio's default executor is polymorphic, which costs more than the work done here.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Clock = std::chrono::steady_clock;

class Connection;

struct Context {
  const Live& live;
  IngestHooks hooks;
  IngestLimits limits;
  std::shared_ptr<Mailbox> mailbox = {};
  std::function<void(Connection&)> closed = {};
  BodyBudget bodies = {};
  Head head = {};         ///< of the request that is being let in
  bool stopping = false;  ///< replies end their connections
};

}  // namespace telephony::ingest
