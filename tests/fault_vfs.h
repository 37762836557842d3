// A file system that fails on command, under every SQLite connection of the process.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>

namespace telephony {

/// What SQLite asks of a file system and can be refused.
enum class Call : std::uint8_t { read, write, sync, truncate, open, remove, size, lock, shm_map, shm_lock };
inline constexpr std::size_t kCalls = 10;

struct Fault {
  Call call = Call::write;
  int nth = 0;                          ///< the call that fails first, from 1; 0: none does
  int code = SQLITE_IOERR;              ///< what it returns
  bool for_ever = false;                ///< as do all calls of that kind after it
  bool partly = false;                  ///< a write leaves half of its bytes behind
  std::function<void()> at_first = {};  ///< called before the first one fails
};

/// While one exists it is SQLite's default, so that no production code has to know of it. Nothing reaches the
/// disk for sure: what is synced is only counted. Not for several threads.
class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  /// Counts calls anew from here.
  void arm(Fault fault);
  void disarm() { fault_.nth = 0; }
  bool fired() const { return fired_; }

  /// SQLITE_OK, or the code with which this call has to fail.
  int ask(Call call);
  bool fails_partly() const { return fault_.partly; }

 private:
  sqlite3_vfs* real_ = nullptr;
  sqlite3_vfs vfs_{};
  Fault fault_;
  std::array<int, kCalls> calls_{};
  bool fired_ = false;
};

}  // namespace telephony
