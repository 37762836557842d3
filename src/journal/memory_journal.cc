#include <algorithm>
#include <mutex>
#include <new>

#include "journal/dedup_window.h"
#include "journal/seal.h"
#include "telephony_exporter/journal/journal.h"

namespace telephony {
namespace {

class MemoryJournal : public Journal {
 public:
  explicit MemoryJournal(DedupLimits limits) : window_(limits) {}

  EventKey key(std::string_view identity) const override { return identity_key(hash_key_, identity); }

  bool commit(std::span<Posting> batch, std::span<const FilePosition>, WallTime now) override {
    const auto start = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    // A clock that is set back must not make the window's order lie.
    now_ = std::max(now_, now);
    window_.prune(now_, kPruneFactor * batch.size());
    if (!mark(batch)) return false;
    window_.prune(now_, kPruneFactor * batch.size());
    ++commits_;
    commit_time_ += std::chrono::steady_clock::now() - start;
    return true;
  }

  bool keep(std::span<const KeptHint>) override { return true; }

  bool maintain(WallTime now) override {
    const std::lock_guard lock(mutex_);
    now_ = std::max(now_, now);
    return window_.prune(now_, kPruneKeys);
  }

  JournalStats stats(WallTime now) const override {
    const std::lock_guard lock(mutex_);
    JournalStats stats;
    stats.commits = commits_;
    stats.commit_seconds = commit_time_.count();
    stats.dedup_keys = window_.size();
    stats.dedup_window_seconds = window_.covered(std::max(now_, now)).count();
    return stats;
  }

  void adopt(std::shared_ptr<const Settings> settings) override {
    const std::lock_guard lock(mutex_);
    window_.limit({settings->dedup_retention, settings->dedup_max_keys});
  }

 private:
  /// All of the batch or nothing.
  bool mark(std::span<Posting> batch) {
    DedupWindow::Marked marked;
    try {
      window_.mark(batch, now_, marked);
      return true;
    } catch (const std::bad_alloc&) {
      window_.forget_newest(marked.keys);
      return false;
    }
  }

  const HashKey hash_key_ = random_hash_key();
  mutable std::mutex mutex_;
  DedupWindow window_;
  WallTime now_;
  std::uint64_t commits_ = 0;
  std::chrono::duration<double> commit_time_{0};
};

}  // namespace

std::unique_ptr<Journal> make_memory_journal(DedupLimits limits) {
  return std::make_unique<MemoryJournal>(limits);
}

}  // namespace telephony
