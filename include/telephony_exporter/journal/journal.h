// The memory of what was counted: a batch of postings is committed once, or not at all.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "telephony_exporter/event/posting.h"

namespace telephony {

struct JournalStats {
  bool healthy = true;
  std::uint64_t commits = 0;
  double commit_seconds = 0;  ///< spent in all commits together
  std::uint64_t queued = 0;   ///< events that wait for a commit
  std::uint64_t bytes = 0;    ///< on disk
  std::uint64_t dedup_keys = 0;
  double dedup_window_seconds = 0;  ///< age of the oldest key that would still be recognised
};

struct DedupLimits {
  std::chrono::seconds retention{std::chrono::hours{96}};
  std::size_t max_keys = 4'000'000;
};

/// Calls of `commit` come one at a time; `key` and `stats` may be called from any thread.
class Journal {
 public:
  virtual ~Journal() = default;

  /// A keyed hash of the parts of an identity; the same parts give the same key as long as the journal lives.
  virtual EventKey key(std::string_view identity) const = 0;

  /// Remembers the whole batch at once and marks the postings whose key was known before, or came earlier in
  /// the same batch, as duplicates. Returns false when it can't: then nothing of the batch is remembered.
  virtual bool commit(std::span<Posting> batch, WallTime now) = 0;

  virtual JournalStats stats(WallTime now) const = 0;
  virtual void limit(DedupLimits limits) = 0;
};

/// Forgets everything when it ends; `:memory:` on the command line.
std::unique_ptr<Journal> make_memory_journal(DedupLimits limits);

}  // namespace telephony
