// 16 bytes that are compared at once, on any processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace telephony {

/// An extension of GCC and Clang.
using Vector = unsigned char __attribute__((vector_size(16)));

inline Vector load_vector(const void* at) {
  Vector bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

inline Vector all(unsigned char c) { return c - Vector{}; }

/// A bit for each byte that is equal; that of the first byte is the lowest.
template <typename Equal>
std::uint64_t bits(Equal equal) {
#if defined(__x86_64__)
  return static_cast<std::uint64_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(equal)));
#else
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < sizeof equal; ++i) out |= std::uint64_t{equal[i] != 0} << i;
  return out;
#endif
}

}  // namespace telephony
