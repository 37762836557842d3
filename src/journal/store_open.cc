#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "journal/store.h"
#include "journal/totals.h"

namespace telephony {
namespace {

constexpr const char* kTables =
    "CREATE TABLE journal (id INTEGER PRIMARY KEY, format INTEGER, hash_key BLOB, created INTEGER, "
    "  quarantined INTEGER, packed_through INTEGER, seals INTEGER, seal INTEGER) STRICT;"
    "CREATE TABLE streams (id INTEGER PRIMARY KEY, provider TEXT, product TEXT, created INTEGER, "
    "  seal INTEGER) STRICT;"
    "CREATE TABLE series (id INTEGER PRIMARY KEY, stream INTEGER, code TEXT, reason TEXT, family TEXT, "
    "  created INTEGER, seal INTEGER) STRICT;"
    "CREATE TABLE errors (series INTEGER, account TEXT, count INTEGER, created INTEGER, last_seen INTEGER, "
    "  seal INTEGER, PRIMARY KEY (series, account)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE sessions (stream INTEGER, account TEXT, outcome INTEGER, count INTEGER, created INTEGER, "
    "  seal INTEGER, PRIMARY KEY (stream, account, outcome)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE positions (file TEXT PRIMARY KEY, position INTEGER, fingerprint TEXT, "
    "  seal INTEGER) STRICT, WITHOUT ROWID;"
    "CREATE TABLE batches (number INTEGER PRIMARY KEY, bytes BLOB, seal INTEGER) STRICT;"
    "CREATE TABLE keys (number INTEGER PRIMARY KEY, newest INTEGER, keys INTEGER, bytes BLOB, "
    "  seal INTEGER) STRICT;";

constexpr const char* kPagesInUse =
    "SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count";

constexpr const char* kOurTables =
    "SELECT count(*) FROM sqlite_schema WHERE name IN "
    "('journal', 'streams', 'series', 'errors', 'sessions', 'positions', 'batches', 'keys', 'hints')";

}  // namespace

void expect_whole(const std::string& path) {
  std::error_code missing;
  const auto log_bytes = std::filesystem::file_size(path + "-wal", missing);
  const bool log = !missing && log_bytes > 0;
  std::array<char, 100> header{};
  std::ifstream file(path, std::ios::binary);
  file.read(header.data(), header.size());
  expect(file.gcount() > 1 || !log, "there is only its log");  // SQLite takes one byte for none
  constexpr std::size_t kWriteVersion = 18;
  expect(header[kWriteVersion] >= 0 && header[kWriteVersion] <= 2, "its header says that nobody may write");
}

Store::Store(const std::string& path, Database::Access access, WallTime now, WallTime quarantined)
    : database_(path, access) {
  const bool writes = access == Database::Access::read_write;
  // Not before it is known to be sound; what is damaged is kept as it is.
  database_.write_back_on_close(false);
  database_.run("PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF");
  const std::int64_t tables = database_.integer("SELECT count(*) FROM sqlite_schema");
  const std::int64_t ours = database_.integer(kOurTables);
  expect(tables > 0 || database_.integer(kPagesInUse) <= 1, "its tables are gone");
  if (ours == 0 && (tables > 0 || !writes)) throw std::runtime_error("it is a database, but no journal");
  if (tables > 0) read_head();
  if (writes) {
    if (database_.read_only()) throw std::runtime_error("this user may not write to it");
    database_.run(
        "PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -512");
    // Debian's SQLite would write zeros over all that is deleted: each page of packed batches into the log.
    database_.run("PRAGMA secure_delete = FAST");
    database_.write_back_on_demand();
    if (tables == 0) create(now, quarantined);
  }
  insert_batch_ = database_.prepare("INSERT INTO batches VALUES (?, ?, ?)");
}

void Store::create(WallTime now, WallTime quarantined) {
  Head head;
  head.hash_key = random_hash_key();
  head.created = now;
  head.quarantined = quarantined;
  Transaction transaction(database_);
  database_.run(kTables);
  database_.run(kHintsTable);
  write_head(head);
  transaction.commit();
  head_ = head;
}

std::int64_t Store::head_seal(const Head& head) const {
  const std::string_view key(reinterpret_cast<const char*>(head.hash_key.data()), head.hash_key.size());
  return Seal('j')
      .add(head.format)
      .add(key)
      .add(to_nanoseconds(head.created))
      .add(to_nanoseconds(head.quarantined))
      .add(head.packed_through)
      .add(static_cast<std::int64_t>(head.seals))
      .over(head.hash_key);
}

void Store::read_head() {
  Statement row = database_.prepare(
      "SELECT format, hash_key, created, quarantined, packed_through, seals, seal FROM journal");
  expect(row.step(), "its first table is empty");
  head_.format = row.integer(0);
  const std::string_view key = row.bytes(1);
  expect(key.size() == head_.hash_key.size(), "its key has the wrong length");
  std::memcpy(head_.hash_key.data(), key.data(), key.size());
  head_.created = from_nanoseconds(row.integer(2));
  head_.quarantined = from_nanoseconds(row.integer(3));
  head_.packed_through = row.integer(4);
  head_.seals = static_cast<std::uint64_t>(row.integer(5));
  expect(head_seal(head_) == row.integer(6), "its head is not what was written");
  if (head_.format > kFormat) throw std::runtime_error("it was written by a newer version");
}

void Store::write_head(const Head& head) {
  Statement write = database_.prepare("INSERT OR REPLACE INTO journal VALUES (0, ?, ?, ?, ?, ?, ?, ?)");
  const std::string_view hash_key(reinterpret_cast<const char*>(head.hash_key.data()), head.hash_key.size());
  const auto seals = static_cast<std::int64_t>(head.seals);
  const std::int64_t created = to_nanoseconds(head.created);
  const std::int64_t quarantined = to_nanoseconds(head.quarantined);
  write.bind(head.format).bind_blob(hash_key).bind(created).bind(quarantined).bind(head.packed_through);
  write.bind(seals).bind(head_seal(head)).run();
}

void Store::check_pages() {
  Statement check = database_.prepare("PRAGMA quick_check(1)");
  if (check.step() && check.bytes(0) == "ok") return;
  // It calls a page that could not be read a damaged one; a disk that fails for a moment is no reason to give
  // up what stands there.
  if (database_.read_failed()) throw DatabaseError(SQLITE_IOERR_READ, "disk I/O error");
  throw Damage("its pages do not fit together");
}

}  // namespace telephony
