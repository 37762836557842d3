// The listener that faces Prometheus and people.
#pragma once

#include <prometheus/collectable.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/expose/web_limits.h"
#include "telephony_exporter/hint/hints.h"
#include "telephony_exporter/log/log.h"
#include "telephony_exporter/pipeline/unlisted.h"
#include "telephony_exporter/record/exporter_metrics.h"

namespace telephony {

/// What the pages show and may do; all must outlive the server. Called from the server's threads.
struct WebParts {
  const Live& live;
  const UnlistedCodes& unlisted;
  const Hints& hints;
  const Ledger& ledger;  ///< which tells under which account somebody counts
  std::vector<const prometheus::Collectable*> metrics;
  std::function<SourceState(const std::string& source)> source_state;
  std::function<bool()> ready;
  std::function<std::string()> reload;  ///< an error message, empty when it went well
  std::function<void(int status)> replied;
  std::string ingest_address;  ///< where webhooks go, for people
  WebLimits limits = {};
};

/// Serves on threads of its own from construction to stop(). However many clients are slow or idle, they cost
/// memory only: a request takes a thread from its last header byte until its answer is in the send buffer.
class WebServer {
 public:
  /// `address` as for IngestServer; `telemetry_path` starts with "/". Throws ConfigError.
  WebServer(std::string_view address, std::string telemetry_path, const WebParts& parts, Log& log);
  ~WebServer();

  std::string address() const;  ///< HOST:PORT as bound

  /// Stops accepting, answers what is in flight (for at most limits::kStopDeadline), closes the rest.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telephony
