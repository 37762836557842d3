// System calls that the test program puts itself in front of, to count them or to make them fail.
#pragma once

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

}  // namespace telephony::interposed
