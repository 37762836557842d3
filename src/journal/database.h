// SQLite as the journal uses it: errors are exceptions, and what is opened is closed.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace telephony {

class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  bool is_damage() const;  ///< the file is not what was written

 private:
  int code_;  ///< an extended result code
};

/// Parameters and columns count from 0. Views of columns stay valid until the next step.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* database, std::string_view sql);

  /// Binds the next parameter.
  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);
  Statement& bind_blob(std::string_view bytes);

  bool step();   ///< true when there is a row
  void run();    ///< steps to the end and makes ready for another run
  void reset();  ///< gives up the rest of the rows

  std::int64_t integer(int column) const;
  std::string_view bytes(int column) const;  ///< a text or a blob

 private:
  void check(int code) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int parameters_ = 0;
};

/// One connection; for one thread at a time.
class Database {
 public:
  enum class Access : std::uint8_t { read_write, read_only };

  Database(const std::string& path, Access access);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void run(const char* sql);
  Statement prepare(std::string_view sql) const { return Statement(database_.get(), sql); }
  std::int64_t integer(std::string_view sql) const;  ///< the first column of the first row, or 0
  bool read_only() const { return sqlite3_db_readonly(database_.get(), "main") != 0; }
  bool in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }
  /// Whether closing may write the log back into the database, as it does unless told otherwise.
  void write_back_on_close(bool may);
  bool read_failed() const;  ///< the system could not read what stands in the file

  /// From now on no commit writes the log back; write_back does, and the caller says when.
  void write_back_on_demand();
  int log_pages() const { return log_pages_; }  ///< in the log, written back or not, after the last commit
  bool write_back();                            ///< false when readers or an error have kept a part of it

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
  int log_pages_ = 0;
};

/// Undone unless it is committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() { database_.run("COMMIT"); }

 private:
  Database& database_;
};

}  // namespace telephony
