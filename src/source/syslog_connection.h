// One sender's TCP connection: messages in, nothing out.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "source/syslog_frames.h"
#include "source/syslog_inbox.h"

namespace telephony::syslog {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, Context& context, const IpAddress& peer);

  /// Reads from now on, for this source.
  void serve(const std::shared_ptr<Inbox>& inbox);
  void expire(Clock::time_point now);  ///< gives up on a peer that is too slow, or silent for too long
  std::optional<Clock::time_point> silent_until() const;  ///< set between messages
  void stop();                                            ///< takes what has arrived already, then closes
  void close();
  bool closed() const { return !socket_.is_open(); }

 private:
  void wait();
  void read();
  void take(std::string_view bytes);
  void end(bool in_order);
  void set_deadline();

  Socket socket_;
  Context& context_;
  const IpAddress peer_;
  std::shared_ptr<Inbox> inbox_;
  Frames frames_;
  Clock::time_point deadline_;
  bool stopping_ = false;
};

}  // namespace telephony::syslog
