#include "journal/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace telephony {

FileLock::FileLock(const std::string& path) : file_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)) {
  if (file_ < 0) throw std::system_error(errno, std::generic_category(), "'" + path + "' cannot be written");
  if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  const int error = errno;
  close(file_);
  if (error == EWOULDBLOCK) throw std::runtime_error("it is in use by another telephony_exporter");
  throw std::system_error(error, std::generic_category(), "'" + path + "' cannot be locked");
}

FileLock::~FileLock() { close(file_); }

}  // namespace telephony
