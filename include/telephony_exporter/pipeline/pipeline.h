// The river's middle: decode, classify, commit, count; in this order, and nothing is acknowledged before.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "telephony_exporter/decode/decoder.h"
#include "telephony_exporter/journal/journal.h"
#include "telephony_exporter/log/log.h"
#include "telephony_exporter/pipeline/unlisted.h"
#include "telephony_exporter/record/exporter_metrics.h"
#include "telephony_exporter/record/ledger.h"

namespace telephony {

/// Where the river's middle reads and writes; all must outlive the pipeline.
struct PipelineParts {
  Journal& journal;
  Ledger& ledger;
  ExporterMetrics& metrics;
  UnlistedCodes& unlisted;
  Log& log;
};

/// Thread-safe.
class Pipeline {
 public:
  using Done = std::function<void(const Receipt& receipt)>;
  using Clock = std::function<WallTime()>;

  explicit Pipeline(PipelineParts parts, Clock clock = std::chrono::system_clock::now);

  /// Takes one body of a source. `done` is called once, when its events are committed and counted, or
  /// refused; on this thread or another. `raw` is not used after this returns.
  void accept(const Source& source, const RawEvent& raw, const Done& done);

  /// Counts a request that was refused before its body could be split: one received, one rejected.
  void refuse(const Source& source, RejectCause cause);

 private:
  struct Batch;
  void add(const Source& source, const Record& record, Batch& batch);
  void add_event(const Source& source, const Event& event, Batch& batch);
  std::optional<EventKey> key_of(const Source& source, const Event& event, const Batch& batch);
  void commit(Batch& batch);
  void note_unlisted(const UnlistedCode& code, WallTime now);
  void warn(const Source& source, const Event& event, WallTime now);

  PipelineParts parts_;
  Clock clock_;
  std::mutex mutex_;  ///< one commit at a time
  Decoder decoder_;
  std::string scratch_;
  std::map<std::string, WallTime, std::less<>> warned_;
};

}  // namespace telephony
