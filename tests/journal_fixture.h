// Journals on disk, and what they must remember.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "settings_fixture.h"
#include "telephony_exporter/journal/inspect.h"
#include "telephony_exporter/journal/journal.h"

namespace telephony {

inline constexpr std::array kJournalFiles = {"", "-wal", "-shm", "-journal"};

/// All bytes of a file; nothing when there is none.
inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<long>(bytes.size()));
}

/// The files that were put aside, with their bytes.
inline std::map<std::string, std::string> put_aside(const std::string& journal) {
  std::map<std::string, std::string> out;
  const std::filesystem::path path(journal);
  const std::string prefix = path.filename().string() + ".damaged-";
  for (const auto& entry : std::filesystem::directory_iterator(path.parent_path())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix)) out[name] = bytes_of(entry.path().string());
  }
  return out;
}

inline void remove_journal(const std::string& journal) {
  for (const char* part : kJournalFiles) std::filesystem::remove(journal + part);
  const std::filesystem::path directory = std::filesystem::path(journal).parent_path();
  for (const auto& [name, bytes] : put_aside(journal)) std::filesystem::remove(directory / name);
}

/// As a process that is killed leaves it behind. The index in shared memory is not among what is on disk.
inline void copy_journal(const std::string& from, const std::string& to) {
  remove_journal(to);
  for (const char* part : {"", "-wal", "-journal"}) {
    if (std::filesystem::exists(from + part)) std::filesystem::copy_file(from + part, to + part);
  }
}

/// SQL by a connection of the test's own.
class Sql {
 public:
  explicit Sql(const std::string& path) {
    EXPECT_EQ(sqlite3_open(path.c_str(), &database_), SQLITE_OK) << path;
    sqlite3_busy_timeout(database_, 10'000);
  }
  ~Sql() { sqlite3_close(database_); }
  Sql(const Sql&) = delete;
  Sql& operator=(const Sql&) = delete;

  void run(const std::string& sql) {
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK)
        << sql << ": " << (error != nullptr ? error : "");
    sqlite3_free(error);
  }
  std::int64_t integer(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database_);
    const bool row = sqlite3_step(statement) == SQLITE_ROW;
    const std::int64_t value = row ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_finalize(statement);
    return value;
  }

 private:
  sqlite3* database_ = nullptr;
};

/// A log whose lines are kept.
struct KeptLog {
  std::string text;
  Log log{LogLevel::debug, LogFormat::logfmt, [this](std::string_view line) { text += line; }};
};

/// Settings with a table of two streams, `acme voice` and `acme fax`, of three series each.
inline std::shared_ptr<Settings> journal_settings(const SeriesTable& before = {}, WallTime created = {}) {
  auto settings = std::make_shared<Settings>();
  settings->table = before;
  for (const char* product : {"voice", "fax"}) {
    const StreamId stream = settings->table.stream({"acme", product}, created);
    for (const char* code : {"1", "2"}) settings->table.error({stream, code, "full", {}}, created);
    settings->table.error({stream, "unlisted", "unlisted", "lines"}, created);
  }
  return settings;
}

/// Everything that a journal remembers, as a text.
inline std::string text_of(const History& history) {
  const auto time = [](WallTime at) { return std::to_string(at.time_since_epoch().count() / 1'000'000); };
  std::map<std::string, std::string> rows;
  for (const auto& row : history.errors) {
    rows["error " + std::to_string(row.series) + ' ' + row.account] =
        std::to_string(row.count) + ' ' + time(row.created) + ' ' + time(row.last_seen);
  }
  for (const auto& row : history.sessions) {
    rows["session " + std::to_string(row.stream) + ' ' + row.account + ' ' + std::to_string(row.outcome)] =
        std::to_string(row.count) + ' ' + time(row.created);
  }
  for (const auto& row : history.hints) {
    rows["hint " + std::to_string(row.series) + ' ' + row.account] =
        std::to_string(row.state.level) + ' ' + std::to_string(row.state.waiting) + ' ' +
        time(row.state.changed) + ' ' + time(row.state.not_before);
  }
  for (const auto& row : history.positions) rows["file " + row.file] = std::to_string(row.offset);
  std::string out;
  for (const auto& [id, row] : rows) out += id + ": " + row + '\n';
  return out;
}

/// How often each account counted an error.
inline std::map<std::string, std::uint64_t> errors_by_account(const History& history) {
  std::map<std::string, std::uint64_t> out;
  for (const auto& row : history.errors) out[row.account] += row.count;
  return out;
}

inline Posting error_posting(std::optional<EventKey> key, SeriesId series, std::string_view account,
                             WallTime received) {
  Posting posting;
  posting.stream = series / 3;
  posting.key = key;
  posting.error = series;
  posting.account = account;
  posting.received = received;
  return posting;
}

/// "-" for one that counts and "d" for a duplicate; "!" when nothing was committed.
inline std::string commit(Journal& journal, std::vector<Posting> batch, WallTime now,
                          const std::vector<FilePosition>& positions = {}) {
  if (!journal.commit(batch, positions, now)) return "!";
  std::string out;
  for (const Posting& posting : batch) out += posting.duplicate ? 'd' : '-';
  return out;
}

}  // namespace telephony
