// The memory of what was counted: a batch of postings is committed once, or not at all.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/hint_state.h"
#include "telephony_exporter/event/posting.h"
#include "telephony_exporter/journal/history.h"
#include "telephony_exporter/log/log.h"

namespace telephony {

struct JournalStats {
  bool healthy = true;
  std::uint64_t commits = 0;
  double commit_seconds = 0;  ///< spent in all commits together; in memory estimated from one of many
  std::uint64_t bytes = 0;    ///< on disk
  std::uint64_t dedup_keys = 0;
  double dedup_window_seconds = 0;   ///< age of the oldest key that would still be recognised
  double quarantined_timestamp = 0;  ///< Unix seconds; when a damaged journal was last put aside, or 0
};

struct DedupLimits {
  std::chrono::seconds retention{std::chrono::hours{96}};
  std::size_t max_keys = 4'000'000;
};

/// Calls of `expect`, `commit`, `keep` and `maintain` come one at a time; all others may come from any
/// thread.
class Journal {
 public:
  virtual ~Journal() = default;

  /// A keyed hash of the parts of an identity; the same parts give the same key as long as the journal lives.
  virtual EventKey key(std::string_view identity) const = 0;

  /// Says that a key will be in the next batch, so that what memory it needs can come closer meanwhile.
  virtual void expect(const EventKey&) {}

  /// Remembers the whole batch at once and marks the postings whose key was known before, or came earlier in
  /// the same batch, as duplicates. Returns false when it can't: then nothing of the batch is remembered.
  virtual bool commit(std::span<Posting> batch, std::span<const FilePosition> positions, WallTime now) = 0;

  /// Remembers these states in place of those that it had; one at rest is removed. Their series were in
  /// batches that were committed. False when it can't: then it has what it had, and nothing else suffers.
  virtual bool keep(std::span<const KeptHint> hints) = 0;

  /// One small step of housekeeping, off the way to a reply: forgets what is past the limits, packs what was
  /// committed, and tries whether a journal that failed has recovered. True when there is more to do.
  virtual bool maintain(WallTime now) = 0;

  virtual JournalStats stats(WallTime now) const = 0;

  /// Whether the last attempt to commit worked; costs nothing.
  virtual bool healthy() const { return true; }

  /// The limits, and the series that postings may name from now on. To be called before the first commit.
  virtual void adopt(std::shared_ptr<const Settings> settings) = 0;
};

/// Forgets everything when it ends; `:memory:` on the command line. The limits hold until it adopts settings.
std::unique_ptr<Journal> make_memory_journal(DedupLimits limits = {});

struct OpenJournal {
  std::unique_ptr<Journal> journal;
  History history;  ///< what it remembers from before
};

/// Opens or creates a journal on disk, or in memory for ":memory:". One that is damaged is put aside, with a
/// line in the log, and a new one takes its place. Throws std::runtime_error when the file can be neither
/// read nor written, belongs to something else or to a newer version, or is in use by another exporter.
OpenJournal open_journal(const std::string& path, WallTime now, Log& log);

}  // namespace telephony
