#include "source/buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace telephony::ingest {

std::span<char> Buffer::prepare(std::size_t bytes) {
  const std::size_t held = size();
  if (end_ + bytes > capacity_) {
    if (held + bytes > capacity_) {
      auto larger = std::make_unique_for_overwrite<char[]>(held + bytes);
      if (held > 0) std::memcpy(larger.get(), data_.get() + begin_, held);
      data_ = std::move(larger);
      capacity_ = held + bytes;
    } else if (held > 0) {
      std::memmove(data_.get(), data_.get() + begin_, held);
    }
    begin_ = 0;
    end_ = held;
  }
  return {data_.get() + end_, bytes};
}

void Buffer::append(std::string_view bytes) {
  if (bytes.empty()) return;
  // Doubling keeps the copying of a growing body linear.
  if (end_ + bytes.size() > capacity_) prepare(std::max(bytes.size(), size()));
  std::memcpy(data_.get() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

}  // namespace telephony::ingest
