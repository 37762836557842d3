#include "expose/buffered_stream.h"

namespace telephony {

ssize_t BufferedStream::read(char* to, std::size_t size) {
  const auto taken = in_.copy(to, size);
  in_.remove_prefix(taken);
  return static_cast<ssize_t>(taken);
}

ssize_t BufferedStream::write(const char* from, std::size_t size) {
  out_.append(from, size);
  return static_cast<ssize_t>(size);
}

}  // namespace telephony
