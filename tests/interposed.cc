#include "interposed.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

std::atomic<int> all_syncs = 0;
std::atomic<int> syncs_of_logs = 0;
std::atomic<int> renames_left = 0;
std::atomic<int> rename_error = 0;

int sync_file(long call, int file) {
  std::array<char, 4096> name{};
  const auto size = readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), name.data(), name.size());
  const std::string_view path(name.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const auto result = static_cast<int>(syscall(call, file));
  ++all_syncs;
  if (path.ends_with("-wal")) ++syncs_of_logs;
  return result;
}

}  // namespace

extern "C" {

int fdatasync(int file) { return sync_file(SYS_fdatasync, file); }

int fsync(int file) { return sync_file(SYS_fsync, file); }

int rename(const char* from, const char* to) noexcept {
  if (renames_left > 0 && --renames_left == 0) {
    errno = rename_error;
    return -1;
  }
  return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

}  // extern "C"

namespace telephony::interposed {

int syncs() { return all_syncs; }
int log_syncs() { return syncs_of_logs; }

RenameFault::RenameFault(int nth, int error) {
  rename_error = error;
  renames_left = nth;
}
RenameFault::~RenameFault() { renames_left = 0; }

}  // namespace telephony::interposed
