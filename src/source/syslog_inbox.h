// What one source has received and the journal has not: while some of it is being committed, more is
// gathered.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "source/syslog_context.h"

namespace telephony::syslog {

/// On the server's thread.
class Inbox : public std::enable_shared_from_this<Inbox> {
 public:
  Inbox(Context& context, std::shared_ptr<const Settings> settings, const Source& source);

  const Source& source() const { return *source_; }
  void adopt(std::shared_ptr<const Settings> settings, const Source& source);
  bool allows(const IpAddress& peer) const;

  void add(std::string_view message);
  void refuse(RejectCause cause, std::uint64_t messages = 1);
  void deliver();  ///< commits what was added, now or when what is being committed is

  bool full() const { return gathered_.size() >= limits::kSyslogBatchBytes; }
  void when_room(std::function<void()> go_on) { waiting_.push_back(std::move(go_on)); }

  bool empty() const { return body_.empty() && gathered_.empty(); }
  SyslogState state(Clock::time_point now) const;

  bool retired = false;  ///< no settings name its source any more

 private:
  Done done();
  void settle(bool committed);
  void again_later();

  Context& context_;
  std::shared_ptr<const Settings> settings_;
  const Source* source_;
  std::string body_;      ///< is being committed, or will be tried again
  std::string gathered_;  ///< comes next
  Clock::time_point body_since_;
  Clock::time_point gathered_since_;
  bool committing_ = false;
  bool pausing_ = false;
  std::vector<std::function<void()>> waiting_;  ///< for room
  Timer pause_;
};

}  // namespace telephony::syslog
