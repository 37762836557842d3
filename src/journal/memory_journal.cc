#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <utility>

#include "journal/dedup_window.h"
#include "journal/seal.h"
#include "telephony_exporter/journal/journal.h"

namespace telephony {
namespace {

/// Of so many commits that follow each other one is measured, and stands for all of them: to look at the
/// clock twice costs as much as to remember a key. A prime, so that it is not always the first one that a
/// round of requests brings, which is slower than the others.
constexpr std::int64_t kMeasuredCommits = 17;
/// After that time the next one is measured anyway.
constexpr std::chrono::seconds kMeasuredAfter{1};

/// As commits come one at a time, they need no lock: what others ask for is told in atomic numbers, and what
/// others set waits for the next commit.
class MemoryJournal : public Journal {
 public:
  explicit MemoryJournal(DedupLimits limits) : window_(limits) {}

  EventKey key(std::string_view identity) const override { return identity_key(hash_key_, identity); }

  void expect(const EventKey& key) override {
    if (++expected_ <= DedupWindow::kAhead) window_.expect(key);
  }

  bool commit(std::span<Posting> batch, std::span<const FilePosition>, WallTime now) override {
    advance(now);
    ++unmeasured_;
    if (unmeasured_ < kMeasuredCommits && now_ - measured_ < kMeasuredAfter) return remember(batch);
    measured_ = now_;
    const auto start = std::chrono::steady_clock::now();
    const bool remembered = remember(batch);
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
    raise(commit_time_, (std::exchange(unmeasured_, 0) * took).count());
    return remembered;
  }

  bool keep(std::span<const KeptHint>) override { return true; }

  bool maintain(WallTime now) override {
    advance(now);
    const bool more = window_.prune(now_, kPruneKeys);
    tell();
    return more;
  }

  JournalStats stats(WallTime now) const override {
    JournalStats stats;
    stats.commits = commits_;
    stats.commit_seconds = std::chrono::duration<double>(std::chrono::nanoseconds(commit_time_)).count();
    stats.dedup_keys = keys_;
    const WallTime::duration covered = std::max(told_.load(), now) - oldest_.load();
    if (stats.dedup_keys > 0) stats.dedup_window_seconds = std::chrono::duration<double>(covered).count();
    return stats;
  }

  void adopt(std::shared_ptr<const Settings> settings) override {
    const std::lock_guard lock(mutex_);
    limits_ = {settings->dedup_retention, settings->dedup_max_keys};
    adopted_ = true;
  }

 private:
  template <typename Number>
  static void raise(std::atomic<Number>& number, Number by) {
    number.store(number.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  /// A clock that is set back must not make the window's order lie.
  void advance(WallTime now) {
    now_ = std::max(now_, now);
    if (!adopted_.load(std::memory_order_acquire)) return;
    const std::lock_guard lock(mutex_);
    window_.limit(limits_);
    adopted_ = false;
  }

  bool remember(std::span<Posting> batch) {
    expected_ = 0;
    window_.prune(now_, kPruneFactor * batch.size());
    if (!mark(batch)) return false;
    window_.prune(now_, kPruneFactor * batch.size());
    raise(commits_, std::uint64_t{1});
    tell();
    return true;
  }

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

  void tell() {
    if (window_.size() > 0) oldest_.store(window_.oldest(), std::memory_order_relaxed);
    told_.store(now_, std::memory_order_relaxed);
    keys_.store(window_.size(), std::memory_order_relaxed);
  }

  const HashKey hash_key_ = random_hash_key();
  DedupWindow window_;
  std::size_t expected_ = 0;  ///< keys of the next batch that were told
  WallTime now_;
  WallTime measured_;            ///< when a commit was measured last
  std::int64_t unmeasured_ = 0;  ///< commits since, with the one that is under way

  std::atomic<std::uint64_t> commits_ = 0;
  std::atomic<std::int64_t> commit_time_ = 0;  ///< nanoseconds
  std::atomic<std::size_t> keys_ = 0;
  std::atomic<WallTime> oldest_ = WallTime();
  std::atomic<WallTime> told_ = WallTime();

  std::mutex mutex_;  ///< over the limits that were adopted
  DedupLimits limits_;
  std::atomic<bool> adopted_ = false;
};

}  // namespace

std::unique_ptr<Journal> make_memory_journal(DedupLimits limits) {
  return std::make_unique<MemoryJournal>(limits);
}

}  // namespace telephony
