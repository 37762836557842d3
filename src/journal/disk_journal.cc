#include "journal/disk_journal.h"

#include <algorithm>
#include <filesystem>

namespace telephony {

DiskJournal::DiskJournal(const std::string& path, std::shared_ptr<FileLock> lock, WallTime now, Log& log,
                         History& history)
    : path_(path), log_(log), lock_(std::move(lock)), store_(path, Database::Access::read_write, now) {
  history = store_.load([this](const KeyRun& run) {
    // Journal time never goes back, whatever the clock did.
    now_ = std::max(now_, run.since);
    for (const EventKey& key : run.keys) window_.restore(key, run.since);
  });
  quarantined_ = store_.quarantined();
}

void DiskJournal::set_quarantined(WallTime when) {
  store_.set_quarantined(when);
  quarantined_ = when;
}

bool DiskJournal::commit(std::span<Posting> batch, std::span<const FilePosition> positions, WallTime now) {
  const auto start = std::chrono::steady_clock::now();
  const Marked marked = mark(batch, now);
  // What is counted already is acknowledged again without the disk.
  const bool committed = (marked.fresh == 0 && positions.empty()) || append(batch, positions);
  const std::lock_guard lock(mutex_);
  if (!committed) {
    window_.forget_newest(marked.keys);
    return false;
  }
  window_.prune(now_, kPruneFactor * batch.size());
  ++commits_;
  commit_time_ += std::chrono::steady_clock::now() - start;
  return true;
}

DiskJournal::Marked DiskJournal::mark(std::span<Posting> batch, WallTime now) {
  now_ = std::max(now_, now);
  Marked marked;
  const std::lock_guard lock(mutex_);
  for (Posting& posting : batch) {
    posting.duplicate = posting.key && !window_.insert(*posting.key, now_);
    if (posting.duplicate) continue;
    ++marked.fresh;
    if (posting.key) ++marked.keys;
  }
  return marked;
}

bool DiskJournal::append(std::span<const Posting> batch, std::span<const FilePosition> positions) try {
  follow_settings();
  store_.append(now_, batch, positions, followed_->table);
  report("");
  return true;
} catch (const DatabaseError& error) {
  report(error.is_damage() ? std::string(error.what()) + "; a restart puts the damaged journal aside"
                           : error.what());
  return false;
}

void DiskJournal::follow_settings() {
  std::shared_ptr<const Settings> settings;
  {
    const std::lock_guard lock(mutex_);
    settings = settings_;
  }
  if (settings == followed_) return;
  store_.sync(settings->journal_sync_full);
  followed_ = settings;
}

/// An empty error says that a commit worked. Only changes are logged.
void DiskJournal::report(const std::string& error) {
  {
    const std::lock_guard lock(mutex_);
    if (healthy_ == error.empty()) return;
    healthy_ = error.empty();
  }
  if (error.empty()) return log_.info("the journal commits again", {{"journal", path_}});
  log_.error("the journal cannot commit; senders are told to try again",
             {{"journal", path_}, {"error", error}});
}

bool DiskJournal::maintain(WallTime now) {
  now_ = std::max(now_, now);
  bool healthy = false;
  {
    const std::lock_guard lock(mutex_);
    healthy = healthy_;
  }
  // When senders stay away because of readiness, only an attempt of its own shows that the disk is back.
  if (!healthy && !append({}, {})) return false;
  pack_and_forget();
  const std::lock_guard lock(mutex_);
  return window_.prune(now_, kPruneKeys);
}

void DiskJournal::pack_and_forget() try {
  DedupLimits limits;
  {
    const std::lock_guard lock(mutex_);
    limits = window_.limits();
  }
  const auto forget = [&] { store_.forget_keys(now_ - limits.retention, limits.max_keys); };
  for (; store_.must_pack(); forget()) store_.pack();
  forget();
  packs_ = true;
} catch (const std::runtime_error& error) {
  // Nothing is lost: batches stay as they are, and the next step tries again.
  if (std::exchange(packs_, false)) {
    log_.warn("the journal cannot be packed", {{"journal", path_}, {"error", error.what()}});
  }
}

JournalStats DiskJournal::stats(WallTime now) const {
  JournalStats stats;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(path_ + suffix, missing);
    if (!missing) stats.bytes += bytes;
  }
  const std::lock_guard lock(mutex_);
  stats.healthy = healthy_;
  stats.commits = commits_;
  stats.commit_seconds = commit_time_.count();
  stats.dedup_keys = window_.size();
  stats.dedup_window_seconds = std::max(0.0, window_.covered(now).count());
  stats.quarantined_timestamp = std::chrono::duration<double>(quarantined_.time_since_epoch()).count();
  return stats;
}

void DiskJournal::adopt(std::shared_ptr<const Settings> settings) {
  const std::lock_guard lock(mutex_);
  window_.limit({settings->dedup_retention, settings->dedup_max_keys});
  settings_ = std::move(settings);
}

}  // namespace telephony
