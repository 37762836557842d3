// One exporter a journal.
#pragma once

#include <string>

namespace telephony {

/// Held until it is destroyed, or its process ends in whatever way.
class FileLock {
 public:
  /// Throws std::runtime_error when another process holds it or the file cannot be written.
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int file_;
};

}  // namespace telephony
