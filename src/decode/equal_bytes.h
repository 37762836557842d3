// Whether two short texts are the same, without a call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "decode/vector.h"

namespace telephony {

template <typename Word>
bool is_equal_at(const char* a, const char* b) {
  Word left, right;
  std::memcpy(&left, a, sizeof left);
  std::memcpy(&right, b, sizeof right);
  return left == right;
}

template <>
inline bool is_equal_at<Vector>(const char* a, const char* b) {
  return bits(load_vector(a) != load_vector(b)) == 0;
}

template <typename Word>
bool has_equal_ends(const char* a, const char* b, std::size_t size) {
  const std::size_t last = size - sizeof(Word);
  return is_equal_at<Word>(a, b) && is_equal_at<Word>(a + last, b + last);
}

/// Texts of a size, which is not 0, by words that may overlap. Most have 8 to 32 bytes, and need neither a
/// call nor a loop.
inline bool equal_bytes(const char* a, const char* b, std::size_t size) {
  if (size < 4) return a[0] == b[0] && a[size - 1] == b[size - 1] && a[size / 2] == b[size / 2];
  if (size < 8) return has_equal_ends<std::uint32_t>(a, b, size);
  if (size < 16) return has_equal_ends<std::uint64_t>(a, b, size);
  for (; size > 32; a += 16, b += 16, size -= 16) {
    if (!is_equal_at<Vector>(a, b)) return false;
  }
  return has_equal_ends<Vector>(a, b, size);
}

}  // namespace telephony
