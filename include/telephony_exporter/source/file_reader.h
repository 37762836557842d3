// Follows log files: whole lines in, each exactly once, through rotation and restarts.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/done.h"
#include "telephony_exporter/event/event.h"
#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/event/posting.h"
#include "telephony_exporter/log/log.h"

namespace telephony {

/// How a source of files is doing.
struct FileState {
  bool up = true;  ///< everything that its globs match can be read
  std::uint64_t lag_bytes = 0;
  double lag_seconds = 0;         ///< how long the oldest of them have been waiting
  std::uint64_t truncations = 0;  ///< of files that were read, since the report before
};

/// What the reader tells the rest of the house. Called on the reader's thread.
struct FileHooks {
  /// Whole lines and the position behind them, to be committed together; `done` may be called from any
  /// thread, once.
  std::function<void(const Source& source, const RawEvent& raw, const Done& done)> accept;
  std::function<bool()> can_commit;  ///< false: lines had better stay in their files for now
  std::function<EventKey(std::string_view bytes)> hash;  ///< the same after a restart
  std::function<void(const Source& source, const FileState& state)> state;
};

/// Only tests ask for less than the limits.
struct FileTimes {
  std::chrono::milliseconds poll = limits::kFilePoll;
  std::chrono::milliseconds unfinished_line = limits::kUnfinishedLine;
  std::chrono::milliseconds rotated = limits::kRotatedFile;
};

/// Reads on a thread of its own from construction to stop().
class FileReader {
 public:
  /// `positions` are those that were committed before.
  FileReader(const Live& live, std::vector<FilePosition> positions, FileHooks hooks, Log& log,
             const FileTimes& times = {});
  ~FileReader();

  /// Waits for the lines that are being committed.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telephony
