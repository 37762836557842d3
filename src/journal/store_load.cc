#include <algorithm>

#include "journal/store.h"
#include "journal/totals.h"

namespace telephony {

std::int64_t Store::batch_seal(std::int64_t number, std::string_view bytes) const {
  return Seal('b').add(number).add(bytes).over(head_.hash_key);
}

std::int64_t Store::keys_seal(const KeyBlock& block, std::string_view bytes) const {
  return Seal('k')
      .add(block.number)
      .add(to_nanoseconds(block.newest))
      .add(static_cast<std::int64_t>(block.keys))
      .add(bytes)
      .over(head_.hash_key);
}

History Store::load(const OnKeys& on_keys) {
  // One transaction, so that a journal that is in use is read as it was at one moment.
  database_.run("BEGIN");
  check_pages();
  read_head();
  History history;
  std::uint64_t seals = 0;
  load_names(history.table, seals);
  load_totals(history, seals);
  load_hints(history, seals);
  load_batches(history, on_keys);
  load_keys(on_keys, seals);
  expect(seals == head_.seals, "rows are missing");
  database_.run("COMMIT");
  database_.write_back_on_close(true);
  return history;
}

void Store::load_names(SeriesTable& table, std::uint64_t& seals) {
  Statement stream = database_.prepare("SELECT id, provider, product, created, seal FROM streams");
  while (stream.step()) {
    const Stream row{std::string(stream.bytes(1)), std::string(stream.bytes(2))};
    const WallTime created = from_nanoseconds(stream.integer(3));
    const StreamId id = table.stream(row, created);
    expect(id == stream.integer(0), "its streams are not in order");
    expect(seal(head_.hash_key, id, row, created) == stream.integer(4), "a stream is not what was written");
    seals += static_cast<std::uint64_t>(stream.integer(4));
  }
  Statement series = database_.prepare("SELECT id, stream, code, reason, family, created, seal FROM series");
  while (series.step()) {
    const ErrorSeries row{static_cast<StreamId>(series.integer(1)), std::string(series.bytes(2)),
                          std::string(series.bytes(3)), std::string(series.bytes(4))};
    const WallTime created = from_nanoseconds(series.integer(5));
    const SeriesId id = table.error(row, created);
    expect(id == series.integer(0) && row.stream < table.streams().size(), "its series are not in order");
    expect(seal(head_.hash_key, id, row, created) == series.integer(6), "a series is not what was written");
    seals += static_cast<std::uint64_t>(series.integer(6));
  }
  streams_written_ = table.streams().size();
  errors_written_ = table.errors().size();
}

void Store::load_totals(History& history, std::uint64_t& seals) {
  const auto check = [&](const auto& row, std::int64_t written) {
    expect(seal(head_.hash_key, row) == written, "a total is not what was written");
    seals += static_cast<std::uint64_t>(written);
  };
  Statement errors = database_.prepare("SELECT series, account, count, created, last_seen, seal FROM errors");
  while (errors.step()) {
    history.errors.push_back({static_cast<SeriesId>(errors.integer(0)), std::string(errors.bytes(1)),
                              static_cast<std::uint64_t>(errors.integer(2)),
                              from_nanoseconds(errors.integer(3)), from_nanoseconds(errors.integer(4))});
    check(history.errors.back(), errors.integer(5));
  }
  Statement sessions =
      database_.prepare("SELECT stream, account, outcome, count, created, seal FROM sessions");
  while (sessions.step()) {
    history.sessions.push_back({static_cast<StreamId>(sessions.integer(0)), std::string(sessions.bytes(1)),
                                static_cast<std::uint8_t>(sessions.integer(2)),
                                static_cast<std::uint64_t>(sessions.integer(3)),
                                from_nanoseconds(sessions.integer(4))});
    check(history.sessions.back(), sessions.integer(5));
  }
  Statement positions = database_.prepare("SELECT file, position, fingerprint, seal FROM positions");
  while (positions.step()) {
    history.positions.push_back({std::string(positions.bytes(0)),
                                 static_cast<std::uint64_t>(positions.integer(1)),
                                 std::string(positions.bytes(2))});
    check(history.positions.back(), positions.integer(3));
  }
}

void Store::load_keys(const OnKeys& on_keys, std::uint64_t& seals) {
  Statement rows =
      database_.prepare("SELECT number, newest, keys, bytes, seal FROM keys ORDER BY number DESC");
  while (rows.step()) {
    const KeyBlock block{rows.integer(0), from_nanoseconds(rows.integer(1)),
                         static_cast<std::uint64_t>(rows.integer(2)), rows.integer(4)};
    expect(keys_seal(block, rows.bytes(3)) == block.seal, "a block of keys is not what was written");
    const std::vector<KeyRun> runs = decode_keys(rows.bytes(3));
    std::for_each(runs.rbegin(), runs.rend(), on_keys);
    seals += static_cast<std::uint64_t>(block.seal);
    packed_keys_ += block.keys;
    key_blocks_.push_front(block);
  }
}

void Store::load_batches(History& history, const OnKeys& on_keys) {
  Totals totals;
  for (const auto& row : history.errors) totals.add(row);
  for (const auto& row : history.sessions) totals.add(row);
  for (const auto& row : history.positions) totals.positions[row.file] = row;
  std::vector<KeyRun> runs;
  last_batch_ = head_.packed_through;
  Statement rows = database_.prepare("SELECT number, bytes, seal FROM batches ORDER BY number");
  while (rows.step()) {
    expect(rows.integer(0) == ++last_batch_, "a batch is missing");
    expect(batch_seal(last_batch_, rows.bytes(1)) == rows.integer(2), "a batch is not what was written");
    const Batch batch = decode_batch(rows.bytes(1));
    totals.add(batch);
    runs.push_back(keys_of(batch));
    ++unpacked_.batches;
    unpacked_.bytes += rows.bytes(1).size();
  }
  std::for_each(runs.rbegin(), runs.rend(), on_keys);
  history.errors.clear();
  history.sessions.clear();
  history.positions.clear();
  for (auto& [id, row] : totals.errors) history.errors.push_back(std::move(row));
  for (auto& [id, row] : totals.sessions) history.sessions.push_back(std::move(row));
  for (auto& [file, row] : totals.positions) {
    if (!row.forgotten) history.positions.push_back(std::move(row));
  }
}

}  // namespace telephony
