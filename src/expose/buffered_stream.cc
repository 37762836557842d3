#include "expose/buffered_stream.h"

#include <functional>

namespace telephony {
namespace {

bool is_within(std::string_view text, const char* at) {
  const std::less<const char*> before;  // pointers into different objects have an order only by this
  return !before(at, text.data()) && before(at, text.data() + text.size());
}

}  // namespace

ssize_t BufferedStream::read(char* to, std::size_t size) {
  const auto taken = in_.copy(to, size);
  in_.remove_prefix(taken);
  return static_cast<ssize_t>(taken);
}

ssize_t BufferedStream::write(const char* from, std::size_t size) {
  if (!is_within(left_out_, from)) out_.append(from, size);
  return static_cast<ssize_t>(size);
}

}  // namespace telephony
