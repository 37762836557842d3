// Texts without regard to ASCII case, eight bytes at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace telephony {

/// ASCII letters lower-cased. A byte's upper bit shows whether it is at least 'A', and whether it is beyond
/// 'Z'; what is the one and not the other gets the bit that makes it lower case.
inline std::uint64_t lower_case(std::uint64_t bytes) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  const std::uint64_t low = bytes & (0x7f * kEach);
  const std::uint64_t from_a = low + (0x80 - 'A') * kEach;
  const std::uint64_t beyond_z = low + (0x7f - 'Z') * kEach;
  const std::uint64_t is_upper = (from_a ^ beyond_z) & ~bytes & (0x80 * kEach);
  return bytes | is_upper >> 2;
}

template <typename Word>
std::uint64_t load(const char* text) {
  Word word = 0;
  std::memcpy(&word, text, sizeof word);
  return word;
}

/// Up to eight bytes as a number, from which they follow.
inline std::uint64_t few_bytes(const char* text, std::size_t size) {
  if (size >= 4) return load<std::uint32_t>(text) | load<std::uint32_t>(text + size - 4) << 32;
  if (size == 0) return 0;
  return load<std::uint8_t>(text) | load<std::uint8_t>(text + size / 2) << 8 |
         load<std::uint8_t>(text + size - 1) << 16;
}

/// Whether two texts of this size are equal.
inline bool equal_ignoring_case(const char* a, const char* b, std::size_t size) {
  if (size <= 8) return lower_case(few_bytes(a, size)) == lower_case(few_bytes(b, size));
  const auto equal_at = [&](std::size_t at) {
    return lower_case(load<std::uint64_t>(a + at)) == lower_case(load<std::uint64_t>(b + at));
  };
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    if (!equal_at(at)) return false;
  }
  return equal_at(size - 8);  // the last eight, some of them for the second time
}

}  // namespace telephony
