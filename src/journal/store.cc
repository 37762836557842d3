#include "journal/store.h"

#include "journal/totals.h"

namespace telephony {
namespace {

// What one packing takes at most, so that it never holds up a commit for long.
constexpr std::uint64_t kPackBatches = 256;
constexpr std::uint64_t kPackBytes = 256 * 1024;

/// Adds what is there already, and takes its seal off the sum.
template <typename Row, typename Read>
void merge_stored(Statement& select, Row& row, const HashKey& key, std::uint64_t& seals, Read read) {
  if (select.step()) {
    Row stored = row;
    read(select, stored);
    const std::int64_t stored_seal = seal(key, stored);
    stored.count += row.count;
    seals -= static_cast<std::uint64_t>(stored_seal);
    row = stored;
  }
  select.reset();
}

void write_errors(Database& database, const HashKey& key, Totals& totals, std::uint64_t& seals) {
  Statement select =
      database.prepare("SELECT count, created, last_seen FROM errors WHERE series = ? AND account = ?");
  Statement write = database.prepare("INSERT OR REPLACE INTO errors VALUES (?, ?, ?, ?, ?, ?)");
  for (auto& [id, row] : totals.errors) {
    const WallTime last_seen = row.last_seen;
    merge_stored(select.bind(row.series).bind(std::string_view(row.account)), row, key, seals,
                 [](const Statement& columns, History::Errors& stored) {
                   stored.count = static_cast<std::uint64_t>(columns.integer(0));
                   stored.created = from_nanoseconds(columns.integer(1));
                   stored.last_seen = from_nanoseconds(columns.integer(2));
                 });
    row.last_seen = std::max(row.last_seen, last_seen);
    const std::int64_t sealed = seal(key, row);
    seals += static_cast<std::uint64_t>(sealed);
    write.bind(row.series).bind(std::string_view(row.account)).bind(static_cast<std::int64_t>(row.count));
    write.bind(to_nanoseconds(row.created)).bind(to_nanoseconds(row.last_seen)).bind(sealed).run();
  }
}

void write_sessions(Database& database, const HashKey& key, Totals& totals, std::uint64_t& seals) {
  Statement select = database.prepare(
      "SELECT count, created FROM sessions WHERE stream = ? AND account = ? AND outcome = ?");
  Statement write = database.prepare("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?)");
  for (auto& [id, row] : totals.sessions) {
    select.bind(row.stream).bind(std::string_view(row.account)).bind(row.outcome);
    merge_stored(select, row, key, seals, [](const Statement& columns, History::Sessions& stored) {
      stored.count = static_cast<std::uint64_t>(columns.integer(0));
      stored.created = from_nanoseconds(columns.integer(1));
    });
    const std::int64_t sealed = seal(key, row);
    seals += static_cast<std::uint64_t>(sealed);
    write.bind(row.stream).bind(std::string_view(row.account)).bind(row.outcome);
    write.bind(static_cast<std::int64_t>(row.count)).bind(to_nanoseconds(row.created)).bind(sealed).run();
  }
}

void write_positions(Database& database, const HashKey& key, const Totals& totals, std::uint64_t& seals) {
  Statement select = database.prepare("SELECT seal FROM positions WHERE file = ?");
  Statement remove = database.prepare("DELETE FROM positions WHERE file = ?");
  Statement write = database.prepare("INSERT INTO positions VALUES (?, ?, ?, ?)");
  for (const auto& [file, row] : totals.positions) {
    if (select.bind(std::string_view(file)).step()) seals -= static_cast<std::uint64_t>(select.integer(0));
    select.reset();
    remove.bind(std::string_view(file)).run();
    if (row.forgotten) continue;
    const std::int64_t sealed = seal(key, row);
    seals += static_cast<std::uint64_t>(sealed);
    write.bind(std::string_view(file)).bind(static_cast<std::int64_t>(row.offset));
    write.bind(std::string_view(row.fingerprint)).bind(sealed).run();
  }
}

}  // namespace

void Store::sync(bool full) {
  database_.run(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
}

void Store::write_names(const SeriesTable& table, Head& head) {
  Statement stream = database_.prepare("INSERT INTO streams VALUES (?, ?, ?, ?, ?)");
  for (auto id = static_cast<StreamId>(streams_written_); id < table.streams().size(); ++id) {
    const Stream& row = table.streams()[id];
    const WallTime created = table.stream_created(id);
    const std::int64_t sealed = seal(head.hash_key, id, row, created);
    head.seals += static_cast<std::uint64_t>(sealed);
    stream.bind(id).bind(std::string_view(row.provider)).bind(std::string_view(row.product));
    stream.bind(to_nanoseconds(created)).bind(sealed).run();
  }
  Statement series = database_.prepare("INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (auto id = static_cast<SeriesId>(errors_written_); id < table.errors().size(); ++id) {
    const ErrorSeries& row = table.errors()[id];
    const WallTime created = table.error_created(id);
    const std::int64_t sealed = seal(head.hash_key, id, row, created);
    head.seals += static_cast<std::uint64_t>(sealed);
    series.bind(id).bind(row.stream).bind(std::string_view(row.code)).bind(std::string_view(row.reason));
    series.bind(std::string_view(row.family)).bind(to_nanoseconds(created)).bind(sealed).run();
  }
}

void Store::write_batch(std::int64_t number, std::string_view bytes) {
  insert_batch_.reset();
  insert_batch_.bind(number).bind_blob(bytes).bind(batch_seal(number, bytes)).run();
}

void Store::append(WallTime committed, std::span<const Posting> postings,
                   std::span<const FilePosition> positions, const SeriesTable& table) {
  const std::string bytes = encode_batch(committed, postings, positions);
  const std::int64_t number = last_batch_ + 1;
  const bool new_names = table.streams().size() > streams_written_ || table.errors().size() > errors_written_;
  if (new_names) {
    Head head = head_;
    Transaction transaction(database_);
    write_names(table, head);
    write_head(head);
    write_batch(number, bytes);
    transaction.commit();
    head_ = head;
  } else {
    write_batch(number, bytes);  // one statement is a transaction by itself
  }
  last_batch_ = number;
  streams_written_ = std::max(streams_written_, table.streams().size());
  errors_written_ = std::max(errors_written_, table.errors().size());
  ++unpacked_.batches;
  unpacked_.bytes += bytes.size();
}

std::vector<Store::Row> Store::oldest_batches() {
  std::vector<Row> rows;
  std::uint64_t bytes = 0;
  Statement select = database_.prepare("SELECT number, bytes, seal FROM batches ORDER BY number");
  while (rows.size() < kPackBatches && bytes < kPackBytes && select.step()) {
    rows.push_back({select.integer(0), std::string(select.bytes(1))});
    if (batch_seal(rows.back().number, rows.back().bytes) != select.integer(2)) {
      throw Damage("batch " + std::to_string(rows.back().number) + " is not what was written");
    }
    bytes += rows.back().bytes.size();
  }
  return rows;
}

void Store::pack() {
  const std::vector<Row> rows = oldest_batches();
  if (rows.empty()) return;
  Head head = head_;
  Totals totals;
  std::vector<KeyRun> runs;
  Unpacked left = unpacked_;
  KeyBlock block{rows.back().number, {}, 0, 0};
  for (const Row& row : rows) {
    const Batch batch = decode_batch(row.bytes);
    totals.add(batch);
    if (KeyRun run = keys_of(batch); !run.keys.empty()) {
      block.newest = std::max(block.newest, run.since);
      block.keys += run.keys.size();
      runs.push_back(std::move(run));
    }
    --left.batches;
    left.bytes -= row.bytes.size();
  }
  Transaction transaction(database_);
  write_errors(database_, head.hash_key, totals, head.seals);
  write_sessions(database_, head.hash_key, totals, head.seals);
  write_positions(database_, head.hash_key, totals, head.seals);
  if (block.keys > 0) write_keys(block, encode_keys(runs), head);
  database_.prepare("DELETE FROM batches WHERE number <= ?").bind(rows.back().number).run();
  head.packed_through = rows.back().number;
  write_head(head);
  transaction.commit();
  head_ = head;
  unpacked_ = left;
  packed_keys_ += block.keys;
  if (block.keys > 0) key_blocks_.push_back(block);
}

/// SQLite would do it within a commit, for which somebody waits.
bool Store::write_back() {
  constexpr int kLogPages = 1000;
  return database_.log_pages() >= kLogPages && database_.write_back();
}

bool Store::must_pack() const { return unpacked_.batches >= kPackBatches || unpacked_.bytes >= kPackBytes; }

void Store::write_keys(KeyBlock& block, const std::string& bytes, Head& head) {
  block.seal = keys_seal(block, bytes);
  head.seals += static_cast<std::uint64_t>(block.seal);
  Statement write = database_.prepare("INSERT INTO keys VALUES (?, ?, ?, ?, ?)");
  write.bind(block.number).bind(to_nanoseconds(block.newest)).bind(static_cast<std::int64_t>(block.keys));
  write.bind_blob(bytes).bind(block.seal).run();
}

bool Store::forget_keys(WallTime before, std::uint64_t max_keys) {
  if (key_blocks_.empty()) return false;
  const KeyBlock block = key_blocks_.front();
  if (block.newest >= before && packed_keys_ < max_keys + block.keys) return false;
  Head head = head_;
  head.seals -= static_cast<std::uint64_t>(block.seal);
  Transaction transaction(database_);
  database_.prepare("DELETE FROM keys WHERE number = ?").bind(block.number).run();
  write_head(head);
  transaction.commit();
  head_ = head;
  packed_keys_ -= block.keys;
  key_blocks_.pop_front();
  return true;
}

}  // namespace telephony
