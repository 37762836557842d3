// One address of a syslog server, by one protocol.
#pragma once

#include <memory>

#include "source/syslog_inbox.h"

namespace telephony::syslog {

/// Made by the thread that reloads, then used by the server's alone.
class Door {
 public:
  Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  virtual ~Door() = default;

  /// What comes from now on belongs to this source.
  virtual void serve(const std::shared_ptr<Inbox>& inbox) = 0;
  virtual void tick(Clock::time_point now) = 0;
  virtual void stop() = 0;   ///< takes what has arrived already, then closes
  virtual void close() = 0;  ///< at once
  virtual bool closed() const = 0;
  virtual bool up() const { return true; }

  const Inbox* inbox() const { return inbox_.get(); }

 protected:
  std::shared_ptr<Inbox> inbox_;
};

/// Bind to the address. Throw boost::system::system_error.
std::shared_ptr<Door> open_udp(Context& context, const ListenAddress& address);
std::shared_ptr<Door> open_tcp(Context& context, const ListenAddress& address);

}  // namespace telephony::syslog
