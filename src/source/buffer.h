// Bytes between a socket and their reader: written at the end, consumed at the front.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace telephony::ingest {

/// Memory is taken as bytes arrive, never as they are announced, and is not cleared first.
class Buffer {
 public:
  std::string_view view() const { return {data_.get() + begin_, size()}; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  std::size_t capacity() const { return capacity_; }

  /// Room for `bytes` more; views become invalid.
  std::span<char> prepare(std::size_t bytes);
  /// The first `bytes` of the room have been written.
  void commit(std::size_t bytes) { end_ += bytes; }
  /// Forgets the first `bytes`; views stay valid until the next prepare() or append().
  void consume(std::size_t bytes) { begin_ += bytes; }
  void append(std::string_view bytes);
  void clear() { begin_ = end_ = 0; }
  /// Gives the memory back.
  void release() { *this = Buffer(); }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace telephony::ingest
