// The journal on disk.
#pragma once

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
  /// Opens the store and reads `history` from it. Throws as Store does.
  DiskJournal(const std::string& path, std::shared_ptr<FileLock> lock, WallTime now, Log& log,
              History& history);

  EventKey key(std::string_view identity) const override { return identity_key(store_.hash_key(), identity); }
  bool commit(std::span<Posting> batch, std::span<const FilePosition> positions, WallTime now) override;
  bool maintain(WallTime now) override;
  JournalStats stats(WallTime now) const override;
  void adopt(std::shared_ptr<const Settings> settings) override;

  /// To be called before anything else, when this journal takes the place of a damaged one.
  void set_quarantined(WallTime when);

 private:
  struct Marked {
    std::size_t fresh = 0;  ///< postings that are no duplicates
    std::size_t keys = 0;   ///< of them, those with a key
  };
  Marked mark(std::span<Posting> batch, WallTime now);
  bool append(std::span<const Posting> batch, std::span<const FilePosition> positions);
  void follow_settings();
  void report(const std::string& error);
  void pack_and_forget();

  const std::string path_;
  Log& log_;
  std::shared_ptr<FileLock> lock_;
  Store store_;
  WallTime quarantined_;

  // Of the thread that commits.
  std::shared_ptr<const Settings> followed_;
  WallTime now_;
  bool packs_ = true;  ///< the last packing worked

  mutable std::mutex mutex_;  ///< over what follows; never held while the disk works
  DedupWindow window_;
  std::shared_ptr<const Settings> settings_;
  bool healthy_ = true;
  std::uint64_t commits_ = 0;
  std::chrono::duration<double> commit_time_{0};
};

}  // namespace telephony
