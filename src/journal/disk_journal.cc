#include "journal/disk_journal.h"

#include <algorithm>
#include <filesystem>

#include "telephony_exporter/event/limits.h"

namespace telephony {

DiskJournal::DiskJournal(const std::string& path, std::shared_ptr<FileLock> lock, WallTime now,
                         WallTime quarantined, Log& log, History& history)
    : path_(path),
      log_(log),
      lock_(std::move(lock)),
      store_(path, Database::Access::read_write, now, quarantined),
      quarantined_(store_.quarantined()) {
  history = store_.load([this](const KeyRun& run) {
    // Journal time never goes back, whatever the clock did.
    now_ = std::max(now_, run.since);
    window_.restore(run.keys, run.since);
  });
  window_.restored();
}

bool DiskJournal::commit(std::span<Posting> batch, std::span<const FilePosition> positions, WallTime now) {
  const auto start = std::chrono::steady_clock::now();
  DedupWindow::Marked marked;
  bool committed = false;
  try {
    mark(batch, now, marked);
    // What is counted already is acknowledged again without the disk.
    committed = (marked.fresh == 0 && positions.empty()) || append(batch, positions);
  } catch (const std::exception& error) {  // there is no memory left
    report(error.what());
  }
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

void DiskJournal::mark(std::span<Posting> batch, WallTime now, DedupWindow::Marked& marked) {
  now_ = std::max(now_, now);
  const std::lock_guard lock(mutex_);
  window_.mark(batch, now_, marked);
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
} catch (const std::exception& error) {
  report(error.what());
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
  if (healthy_.exchange(error.empty()) == error.empty()) return;
  if (error.empty()) return log_.info("the journal commits again", {{"journal", path_}});
  log_.error("the journal cannot commit; senders are told to try again",
             {{"journal", path_}, {"error", error}});
}

bool DiskJournal::keep(std::span<const KeptHint> hints) try {
  if (!healthy_) return false;  // what commits find out need not be waited for twice
  store_.keep(hints);
  keeps_ = true;
  return true;
} catch (const std::exception& error) {
  if (std::exchange(keeps_, false)) {
    log_.warn("retry hints cannot be kept", {{"journal", path_}, {"error", error.what()}});
  }
  return false;
}

bool DiskJournal::maintain(WallTime now) {
  now_ = std::max(now_, now);
  DedupLimits limits;
  {
    const std::lock_guard lock(mutex_);
    // Until then the limits are anybody's, and what is forgotten stays forgotten.
    if (settings_ == nullptr) return false;
    limits = window_.limits();
  }
  // When senders stay away because of readiness, only an attempt of its own shows that the disk is back.
  if (!healthy_ && !append({}, {})) return false;
  const bool more = store_.write_back() || (now_ >= pack_again_ && pack_and_forget(limits));
  const std::lock_guard lock(mutex_);
  return window_.prune(now_, kPruneKeys) || more;
}

/// One packing and one block at most, and not while the log is written back, so that not even a backlog holds
/// up a commit for long.
bool DiskJournal::pack_and_forget(const DedupLimits& limits) try {
  if (store_.must_pack()) store_.pack();
  const bool forgot = store_.forget_keys(now_ - limits.retention, limits.max_keys);
  packs_ = true;
  return forgot || store_.must_pack();
} catch (const std::exception& error) {
  // Nothing is lost: batches stay as they are.
  pack_again_ = now_ + limits::kMaintainEvery;
  if (std::exchange(packs_, false)) {
    log_.warn("the journal cannot be packed", {{"journal", path_}, {"error", error.what()}});
  }
  return false;
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
