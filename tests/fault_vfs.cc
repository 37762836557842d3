#include "fault_vfs.h"

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace telephony {
namespace {

FaultVfs* shim = nullptr;

struct File {
  sqlite3_file base;
  sqlite3_file* real;
  int last_errno;
};

sqlite3_vfs* real_of(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }
File* ours(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return ours(file)->real; }
const sqlite3_io_methods& methods_of(sqlite3_file* file) { return *real_of(file)->pMethods; }

int close(sqlite3_file* file) { return methods_of(file).xClose(real_of(file)); }

int read(sqlite3_file* file, void* data, int amount, sqlite3_int64 at) {
  if (const int code = shim->ask(Call::read); code != SQLITE_OK) {
    ours(file)->last_errno = EIO;
    return code;
  }
  return methods_of(file).xRead(real_of(file), data, amount, at);
}

int write(sqlite3_file* file, const void* data, int amount, sqlite3_int64 at) {
  const int code = shim->ask(Call::write);
  if (code == SQLITE_OK) return methods_of(file).xWrite(real_of(file), data, amount, at);
  if (shim->fails_partly()) methods_of(file).xWrite(real_of(file), data, amount / 2, at);
  return code;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = shim->ask(Call::truncate); code != SQLITE_OK) return code;
  return methods_of(file).xTruncate(real_of(file), size);
}

int sync(sqlite3_file*, int) { return shim->ask(Call::sync); }

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (const int code = shim->ask(Call::size); code != SQLITE_OK) return code;
  return methods_of(file).xFileSize(real_of(file), size);
}

int lock(sqlite3_file* file, int level) {
  if (const int code = shim->ask(Call::lock); code != SQLITE_OK) return code;
  return methods_of(file).xLock(real_of(file), level);
}

int unlock(sqlite3_file* file, int level) { return methods_of(file).xUnlock(real_of(file), level); }

int check_reserved_lock(sqlite3_file* file, int* out) {
  return methods_of(file).xCheckReservedLock(real_of(file), out);
}

int file_control(sqlite3_file* file, int op, void* argument) {
  if (op == SQLITE_FCNTL_LAST_ERRNO && ours(file)->last_errno != 0) {
    *static_cast<int*>(argument) = ours(file)->last_errno;
    return SQLITE_OK;
  }
  return methods_of(file).xFileControl(real_of(file), op, argument);
}

int sector_size(sqlite3_file* file) { return methods_of(file).xSectorSize(real_of(file)); }

int characteristics(sqlite3_file* file) { return methods_of(file).xDeviceCharacteristics(real_of(file)); }

int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  if (const int code = shim->ask(Call::shm_map); code != SQLITE_OK) {
    *out = nullptr;
    return code;
  }
  return methods_of(file).xShmMap(real_of(file), page, size, extend, out);
}

int shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  if ((flags & SQLITE_SHM_LOCK) != 0) {
    if (const int code = shim->ask(Call::shm_lock); code != SQLITE_OK) return code;
  }
  return methods_of(file).xShmLock(real_of(file), offset, n, flags);
}

void shm_barrier(sqlite3_file* file) { methods_of(file).xShmBarrier(real_of(file)); }

int shm_unmap(sqlite3_file* file, int remove) { return methods_of(file).xShmUnmap(real_of(file), remove); }

int fetch(sqlite3_file* file, sqlite3_int64 at, int amount, void** out) {
  return methods_of(file).xFetch(real_of(file), at, amount, out);
}

int unfetch(sqlite3_file* file, sqlite3_int64 at, void* page) {
  return methods_of(file).xUnfetch(real_of(file), at, page);
}

constexpr sqlite3_io_methods kMethods = {3,
                                         close,
                                         read,
                                         write,
                                         truncate,
                                         sync,
                                         file_size,
                                         lock,
                                         unlock,
                                         check_reserved_lock,
                                         file_control,
                                         sector_size,
                                         characteristics,
                                         shm_map,
                                         shm_lock,
                                         shm_barrier,
                                         shm_unmap,
                                         fetch,
                                         unfetch};

int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  File* opened = ours(file);
  *opened = {};
  if (const int code = shim->ask(Call::open); code != SQLITE_OK) return code;
  opened->real = reinterpret_cast<sqlite3_file*>(opened + 1);
  const int code = real_of(vfs)->xOpen(real_of(vfs), name, opened->real, flags, out_flags);
  if (opened->real->pMethods != nullptr) opened->base.pMethods = &kMethods;
  return code;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  if (const int code = shim->ask(Call::remove); code != SQLITE_OK) return code;
  return real_of(vfs)->xDelete(real_of(vfs), name, sync_directory);
}

int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  return real_of(vfs)->xFullPathname(real_of(vfs), name, size, out);
}

int no_sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

}  // namespace

FaultVfs::FaultVfs() : real_(sqlite3_vfs_find("unix")) {
  if (real_ == nullptr || shim != nullptr) throw std::logic_error("no file system to fail in");
  static_assert(sizeof(File) % alignof(sqlite3_int64) == 0);
  vfs_ = *real_;
  vfs_.pNext = nullptr;
  vfs_.zName = "fault";
  vfs_.pAppData = real_;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.xOpen = open;
  vfs_.xDelete = remove;
  vfs_.xFullPathname = full_path;
  vfs_.xSleep = no_sleep;
  shim = this;
  sqlite3_vfs_register(&vfs_, 1);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
  shim = nullptr;
}

void FaultVfs::arm(Fault fault) {
  fault_ = std::move(fault);
  calls_ = {};
  fired_ = false;
}

int FaultVfs::ask(Call call) {
  if (call != fault_.call || fault_.nth == 0) return SQLITE_OK;
  const int n = ++calls_[static_cast<std::size_t>(call)];
  if (n != fault_.nth && !(fault_.for_ever && n > fault_.nth)) return SQLITE_OK;
  if (!std::exchange(fired_, true) && fault_.at_first) fault_.at_first();
  return fault_.code;
}

}  // namespace telephony
