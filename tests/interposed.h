// System calls that the test program puts itself in front of, to count them or to make them fail.
#pragma once

#include <cstddef>

namespace telephony::interposed {

/// How often a file's bytes were forced to the disk, since the program began.
int syncs();
/// Of them, those of a log of SQLite's.
int log_syncs();

/// While one exists, the nth rename from now, counted from 1, fails with that error.
class RenameFault {
 public:
  RenameFault(int nth, int error);
  ~RenameFault();
  RenameFault(const RenameFault&) = delete;
  RenameFault& operator=(const RenameFault&) = delete;
};

/// While one exists, the nth allocation of this thread from now, counted from 1, fails.
class AllocationFault {
 public:
  explicit AllocationFault(int nth);
  ~AllocationFault();
  AllocationFault(const AllocationFault&) = delete;
  AllocationFault& operator=(const AllocationFault&) = delete;
};

/// What this thread holds of what it allocated, if it gives nothing of others back.
std::size_t allocated_bytes();

}  // namespace telephony::interposed
