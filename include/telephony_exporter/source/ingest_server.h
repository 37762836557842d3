// The listener that faces the providers: POSTs in, receipts out. Event-driven, and limited in every way.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/done.h"
#include "telephony_exporter/event/event.h"
#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/event/posting.h"
#include "telephony_exporter/log/log.h"

namespace telephony {

/// What the listener tells the rest of the house. Called on the listener's thread.
struct IngestHooks {
  /// A whole body; `done` may be called from any thread, once.
  std::function<void(const Source& source, const RawEvent& raw, const Done& done)> accept;
  /// A request to a source that was refused before its body could be split.
  std::function<void(const Source& source, RejectCause cause)> refuse;
  /// A reply went out with this status.
  std::function<void(int status)> replied;
  /// What timestamps in signatures are compared with.
  std::function<WallTime()> now = [] { return std::chrono::system_clock::now(); };
};

/// What peers may take; only tests ask for less than the limits. Times are kept to within one `tick`.
struct IngestLimits {
  std::chrono::milliseconds head = limits::kHeadDeadline;
  std::chrono::milliseconds body = limits::kBodyDeadline;
  std::chrono::milliseconds write = limits::kWriteDeadline;
  std::chrono::milliseconds idle = limits::kIdleDeadline;
  std::chrono::milliseconds linger = limits::kLingerDeadline;
  std::chrono::milliseconds stop = limits::kStopDeadline;
  std::chrono::milliseconds place = limits::kPlaceDeadline;
  std::chrono::milliseconds tls_files = limits::kTlsFilesEvery;
  std::chrono::milliseconds tick{500};
  std::size_t connections = limits::kIngestConnections;
};

/// Throws ConfigError when the listener could not serve by these settings: the files of its certificate are
/// read.
void check_tls(const Settings& settings);

/// Serves on a thread of its own from construction to stop().
class IngestServer {
 public:
  /// `address` is HOST:PORT, [HOST]:PORT or :PORT; port 0 takes a free one. Throws ConfigError when it can't
  /// listen there, or as check_tls() does. Later settings decide about TLS for the connections that come
  /// then.
  IngestServer(std::string_view address, const Live& live, IngestHooks hooks, Log& log,
               const IngestLimits& limits = {});
  ~IngestServer();

  std::string address() const;  ///< HOST:PORT as bound

  /// Stops accepting, answers what is in flight (for at most limits::kStopDeadline), closes the rest.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telephony
