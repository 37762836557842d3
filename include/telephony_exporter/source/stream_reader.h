// Reads lines from standard input, or another stream that has no second reading.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/done.h"
#include "telephony_exporter/event/event.h"
#include "telephony_exporter/log/log.h"

namespace telephony {

struct StreamState {
  bool up = true;  ///< until the stream has ended
  std::uint64_t lag_bytes = 0;
  double lag_seconds = 0;  ///< how long since all that had come was counted
};

/// What the reader tells the rest of the house. Called on the reader's thread.
struct StreamHooks {
  /// Whole lines; `done` may be called from any thread, once.
  std::function<void(const Source& source, const RawEvent& raw, const Done& done)> accept;
  std::function<void(const Source& source, const StreamState& state)> state;
};

/// Reads on a thread of its own from construction to stop(), as long as the settings have a source for it.
/// No more is read while lines wait for their commit, so that who writes has to wait, too.
class StreamReader {
 public:
  StreamReader(const Live& live, int file, StreamHooks hooks, Log& log);
  ~StreamReader();

  /// Waits for the lines that are being committed.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telephony
