// What all addresses of a syslog server share, on its thread.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <memory>

#include "source/clock.h"
#include "source/mailbox.h"
#include "source/socket.h"
#include "telephony_exporter/source/syslog_server.h"

namespace telephony::syslog {

using ingest::Clock;
using ingest::Executor;
using ingest::Mailbox;
using ingest::Socket;
using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

/// One read takes at most so much, then it is the others' turn.
inline constexpr std::size_t kReadBytes = 64 * 1024;

struct Context {
  SyslogHooks hooks;
  SyslogLimits limits;
  Log& log;
  boost::asio::io_context io{1};
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>(io);
  std::unique_ptr<char[]> scratch = std::make_unique_for_overwrite<char[]>(kReadBytes);
};

}  // namespace telephony::syslog
