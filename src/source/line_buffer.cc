#include "source/line_buffer.h"

#include <algorithm>

#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

constexpr std::size_t kTooLong = limits::kLineBytes + 1;

}  // namespace

LineBuffer::LineBuffer(std::size_t room) : room_(std::max(room, 2 * kTooLong)) {}

std::span<char> LineBuffer::prepare() {
  bytes_.resize(room_);
  const std::size_t given = lines().size();
  std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(given),
            bytes_.begin() + static_cast<std::ptrdiff_t>(size_), bytes_.begin());
  size_ -= given;
  if (size_ > kTooLong) {
    size_ = kTooLong;
    skipping_ = true;
  }
  return {bytes_.data() + size_, bytes_.size() - size_};
}

void LineBuffer::commit(std::size_t bytes) {
  if (skipping_) {
    const std::size_t newline = std::string_view(bytes_.data() + size_, bytes).find('\n');
    const std::size_t skipped = std::min(newline, bytes);
    bytes_.erase(size_, skipped).append(skipped, '\0');
    bytes -= skipped;
    skipping_ = bytes == 0;
  }
  size_ += bytes;
}

std::string_view LineBuffer::lines() const {
  const std::string_view held(bytes_.data(), size_);
  return held.substr(0, held.rfind('\n') + 1);
}

std::string_view LineBuffer::rest() const {
  return std::string_view(bytes_.data(), size_).substr(lines().size());
}

}  // namespace telephony
