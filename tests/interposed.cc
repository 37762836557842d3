#include "interposed.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

namespace {

std::atomic<int> all_syncs = 0;
std::atomic<int> syncs_of_logs = 0;
std::atomic<int> renames_left = 0;
std::atomic<int> rename_error = 0;

thread_local int allocations_left = 0;
thread_local std::size_t bytes_held = 0;

void* allocate(std::size_t bytes, std::size_t alignment) {
  if (allocations_left > 0 && --allocations_left == 0) throw std::bad_alloc();
  // Sizes of aligned blocks are multiples of the alignment.
  void* block = std::aligned_alloc(alignment,
                                   (std::max<std::size_t>(bytes, 1) + alignment - 1) / alignment * alignment);
  if (block == nullptr) throw std::bad_alloc();
  bytes_held += malloc_usable_size(block);
  return block;
}

void give_back(void* block) noexcept {
  if (block != nullptr) bytes_held -= malloc_usable_size(block);
  std::free(block);
}

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

// All of them, since a sanitizer wants what takes memory and what gives it back to be of one kind.
void* operator new(std::size_t bytes) { return allocate(bytes, __STDCPP_DEFAULT_NEW_ALIGNMENT__); }
void* operator new[](std::size_t bytes) { return operator new(bytes); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) { return operator new(bytes, alignment); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept try {
  return operator new(bytes);
} catch (const std::bad_alloc&) {
  return nullptr;
}
void* operator new[](std::size_t bytes, const std::nothrow_t& tag) noexcept {
  return operator new(bytes, tag);
}
void operator delete(void* block) noexcept { give_back(block); }
void operator delete[](void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { give_back(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { give_back(block); }

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

AllocationFault::AllocationFault(int nth) { allocations_left = nth; }
AllocationFault::~AllocationFault() { allocations_left = 0; }

std::size_t allocated_bytes() { return bytes_held; }

}  // namespace telephony::interposed
