// The journal's tables: batches as they were committed, and what they were packed into.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>

#include "journal/batch_blob.h"
#include "journal/database.h"
#include "journal/seal.h"
#include "telephony_exporter/journal/history.h"

namespace telephony {

/// Throws Damage for what SQLite would pass over in silence: a log whose database is gone, which it deletes,
/// and a header by which nobody may write, which a reader does not mind.
void expect_whole(const std::string& path);

/// What has not been packed yet.
struct Unpacked {
  std::uint64_t batches = 0;
  std::uint64_t bytes = 0;
};

/// Every change is one transaction: it happens as a whole or throws DatabaseError. For one thread.
class Store {
 public:
  using OnKeys = std::function<void(const KeyRun& run)>;

  /// Opens the file; an empty one gets its tables, and remembers when it took the place of a damaged one.
  /// Throws DatabaseError, Damage, or std::runtime_error for a file that belongs to something else or to a
  /// newer version.
  Store(const std::string& path, Database::Access access, WallTime now, WallTime quarantined = {});

  /// Reads and checks every row; keys come newest first. To be called once, before any change. Throws
  /// DatabaseError or Damage.
  History load(const OnKeys& on_keys);

  void sync(bool full);  ///< whether a commit waits for the disk

  /// Commits a batch, with the series of the table that are not in the journal yet.
  void append(WallTime committed, std::span<const Posting> postings, std::span<const FilePosition> positions,
              const SeriesTable& table);

  /// Keeps these hints in place of those that stand there; what is at rest goes.
  void keep(std::span<const KeptHint> hints);

  /// Writes the log back into the database when it has become long. True when all of it was.
  bool write_back();

  /// Whether enough batches stand there to be worth packing into totals and keys.
  bool must_pack() const;
  /// Packs the oldest ones. Throws Damage too.
  void pack();
  /// Forgets the oldest block of keys when all of it is older than `before`, or when `max_keys` remain
  /// without it. False when there was nothing to forget.
  bool forget_keys(WallTime before, std::uint64_t max_keys);

  const HashKey& hash_key() const { return head_.hash_key; }
  WallTime created() const { return head_.created; }
  WallTime quarantined() const { return head_.quarantined; }
  Unpacked unpacked() const { return unpacked_; }
  std::uint64_t packed_keys() const { return packed_keys_; }

 private:
  static constexpr std::int64_t kFormat = 2;  ///< 1 has no table of hints, and gets it with the first one
  struct Head {
    std::int64_t format = kFormat;
    HashKey hash_key{};
    WallTime created;
    WallTime quarantined;
    std::int64_t packed_through = 0;  ///< the number of the last batch that was packed
    std::uint64_t seals = 0;          ///< sum of all rows' seals but the batches'
  };
  struct KeyBlock {
    std::int64_t number = 0;
    WallTime newest;
    std::uint64_t keys = 0;
    std::int64_t seal = 0;
  };
  /// A batch as it stands in the journal.
  struct Row {
    std::int64_t number = 0;
    std::string bytes;
  };

  void create(WallTime now, WallTime quarantined);
  void read_head();
  void check_pages();
  void write_head(const Head& head);
  std::int64_t head_seal(const Head& head) const;
  std::int64_t batch_seal(std::int64_t number, std::string_view bytes) const;
  std::int64_t keys_seal(const KeyBlock& block, std::string_view bytes) const;
  void write_keys(KeyBlock& block, const std::string& bytes, Head& head);
  void write_names(const SeriesTable& table, Head& head);
  void write_batch(std::int64_t number, std::string_view bytes);
  std::vector<Row> oldest_batches();

  void load_names(SeriesTable& table, std::uint64_t& seals);
  void load_totals(History& history, std::uint64_t& seals);
  void load_hints(History& history, std::uint64_t& seals);
  void load_keys(const OnKeys& on_keys, std::uint64_t& seals);
  void load_batches(History& history, const OnKeys& on_keys);

  Database database_;
  Statement insert_batch_;
  Head head_;
  std::int64_t last_batch_ = 0;
  std::size_t streams_written_ = 0;
  std::size_t errors_written_ = 0;
  Unpacked unpacked_;
  std::deque<KeyBlock> key_blocks_;
  std::uint64_t packed_keys_ = 0;
};

}  // namespace telephony
