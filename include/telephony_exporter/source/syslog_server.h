// Listens for syslog: messages by UDP and TCP in, each counted once; nobody is told what became of it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/done.h"
#include "telephony_exporter/event/event.h"
#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/log/log.h"

namespace telephony {

/// How a source of syslog is doing.
struct SyslogState {
  bool up = true;             ///< takes what is sent
  std::size_t lag_bytes = 0;  ///< received, and not yet committed
  double lag_seconds = 0;     ///< how long the oldest of it has waited
};

/// What the server tells the rest of the house. Called on the server's thread.
struct SyslogHooks {
  /// The texts of messages, a line each; `done` may be called from any thread, once.
  std::function<void(const Source& source, const RawEvent& raw, const Done& done)> accept;
  std::function<bool()> can_commit;  ///< false: messages had better wait with their senders
  /// So many messages could not be read, or were dropped on their way.
  std::function<void(const Source& source, RejectCause cause, std::uint64_t messages)> refuse;
  std::function<void(const Source& source, const SyslogState& state)> state;
};

/// What peers may take; only tests ask for less than the limits. Times are kept to within one `tick`.
struct SyslogLimits {
  std::chrono::milliseconds frame = limits::kSyslogFrameDeadline;
  std::chrono::milliseconds idle = limits::kSyslogIdleDeadline;
  std::chrono::milliseconds stop = limits::kStopDeadline;
  std::chrono::milliseconds tick{500};
  std::size_t connections = limits::kSyslogConnections;
  int receive_bytes = limits::kSyslogReceiveBytes;
};

/// Serves on a thread of its own from construction to stop().
class SyslogServer {
 public:
  /// Throws ConfigError when it cannot listen where the settings say.
  SyslogServer(const std::shared_ptr<const Settings>& settings, SyslogHooks hooks, Log& log,
               const SyslogLimits& limits = {});
  ~SyslogServer();

  /// Opens what new settings name and these do not. Throws ConfigError when it can't; then all stays as it
  /// was. What it returns puts the new settings in force: addresses that stay are not closed, not even for a
  /// moment.
  [[nodiscard]] std::function<void()> prepare(const std::shared_ptr<const Settings>& settings);

  /// Takes what has arrived, commits it (for at most limits::kStopDeadline), and closes.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telephony
