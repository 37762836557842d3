// The journal on disk.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "journal/dedup_window.h"
#include "journal/file_lock.h"
#include "journal/store.h"
#include "telephony_exporter/journal/journal.h"

namespace telephony {

/// Uniqueness is decided in memory, where every key is that may still be recognised; the store is only
/// written to.
class DiskJournal : public Journal {
 public:
  /// Opens the store and reads `history` from it. A new one took the place of a damaged one at
  /// `quarantined`, unless that is the epoch. Throws as Store does.
  DiskJournal(const std::string& path, std::shared_ptr<FileLock> lock, WallTime now, WallTime quarantined,
              Log& log, History& history);

  EventKey key(std::string_view identity) const override { return identity_key(store_.hash_key(), identity); }
  bool commit(std::span<Posting> batch, std::span<const FilePosition> positions, WallTime now) override;
  bool keep(std::span<const KeptHint> hints) override;
  bool maintain(WallTime now) override;
  JournalStats stats(WallTime now) const override;
  bool healthy() const override { return healthy_; }
  void adopt(std::shared_ptr<const Settings> settings) override;

 private:
  void mark(std::span<Posting> batch, WallTime now, DedupWindow::Marked& marked);
  bool append(std::span<const Posting> batch, std::span<const FilePosition> positions);
  void follow_settings();
  void report(const std::string& error);
  bool pack_and_forget(const DedupLimits& limits);

  const std::string path_;
  Log& log_;
  std::shared_ptr<FileLock> lock_;
  Store store_;
  const WallTime quarantined_;

  // Of the thread that commits.
  std::shared_ptr<const Settings> followed_;
  WallTime now_;
  bool packs_ = true;    ///< the last packing worked
  WallTime pack_again_;  ///< not before; after one that failed
  bool keeps_ = true;    ///< the last keeping of hints worked

  std::atomic<bool> healthy_ = true;  ///< changed by the thread that commits

  mutable std::mutex mutex_;  ///< over what follows; never held while the disk works
  DedupWindow window_;
  std::shared_ptr<const Settings> settings_;
  std::uint64_t commits_ = 0;
  std::chrono::duration<double> commit_time_{0};
};

}  // namespace telephony
