#include "decode/line_scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <cstring>

namespace telephony {
namespace {

/// 16 bytes that are compared at once: an extension of GCC and Clang, for any processor.
using Vector = unsigned char __attribute__((vector_size(16)));

Vector load(const char* at) {
  Vector bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

void store(Vector bytes, char* at) { std::memcpy(at, &bytes, sizeof bytes); }

Vector all(unsigned char c) { return c - Vector{}; }

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

/// Two bytes at a distance.
struct Pair {
  unsigned char first;
  unsigned char last;
  std::size_t distance;
};

/// Where the pair stands: a word for each 64 bytes of the text.
void find_pairs_anywhere(const char* text, const Pair& pair, std::span<std::uint64_t> found) {
  const Vector first = all(pair.first);
  const Vector last = all(pair.last);
  for (std::uint64_t& word : found) {
    word = 0;
    for (std::size_t i = 0; i < 64; i += sizeof(Vector), text += sizeof(Vector)) {
      word |= bits((load(text) == first) & (load(text + pair.distance) == last)) << i;
    }
  }
}

#if defined(__x86_64__)
/// The same with vectors of 32 bytes, which most processors of this kind have.
[[gnu::target("avx2")]] void find_pairs_avx2(const char* text, const Pair& pair,
                                             std::span<std::uint64_t> found) {
  const __m256i first = _mm256_set1_epi8(static_cast<char>(pair.first));
  const __m256i last = _mm256_set1_epi8(static_cast<char>(pair.last));
  const auto find_in_half = [&](const char* at) __attribute__((target("avx2"), always_inline)) {
    const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i there = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + pair.distance));
    const __m256i both = _mm256_and_si256(_mm256_cmpeq_epi8(here, first), _mm256_cmpeq_epi8(there, last));
    return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(both))};
  };
  for (std::uint64_t& word : found) {
    word = find_in_half(text) | find_in_half(text + 32) << 32U;
    text += 64;
  }
}
#endif

void find_pairs(const char* text, const Pair& pair, std::span<std::uint64_t> found) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (has_avx2) return find_pairs_avx2(text, pair, found);
#endif
  find_pairs_anywhere(text, pair, found);
}

}  // namespace

void LineScan::mark(std::string_view text, std::span<const Needle> needles) {
  mark_ends(text);
  const std::size_t blocks = std::min((text.size() + kBlock - 1) / kBlock, kBlocks);
  for (const Needle& needle : needles) mark_hits(needle, blocks);
}

/// Also folds the tile, once for all needles. Behind the text's end there are zeros, which no needle has.
void LineScan::mark_ends(std::string_view text) {
  const std::size_t whole = std::min(text.size() / kBlock, kBlocks);
  const char* from = text.data();
  char* to = folded_.data();
  for (std::size_t block = 0; block < whole; ++block) {
    std::uint64_t ends = 0;
    for (std::size_t i = 0; i < kBlock; i += sizeof(Vector), from += sizeof(Vector), to += sizeof(Vector)) {
      const Vector bytes = load(from);
      ends |= bits(bytes == all('\n')) << i;
      store(bytes | all(0x20), to);
    }
    marks_[block] = {ends, 0};
  }
  const std::string_view rest = text.substr(whole * kBlock, kBlock);
  std::uint64_t ends = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '\n') ends |= std::uint64_t{1} << i;
    to[i] = static_cast<char>(rest[i] | 0x20);
  }
  std::fill(to + rest.size(), folded_.data() + (whole + 1) * kBlock + kNeedleBytes, '\0');
  if (whole < kBlocks) marks_[whole] = {ends, 0};
}

/// Vectors find where the first and the last byte stand; all are compared only where both do.
void LineScan::mark_hits(const Needle& needle, std::size_t blocks) {
  const std::size_t distance = needle.size - 1U;
  std::array<std::uint64_t, kBlocks> pairs;
  find_pairs(folded_.data(), {needle.bytes[0], needle.bytes[distance], distance},
             std::span(pairs).first(blocks));
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::uint64_t hits = pairs[block]; hits != 0; hits &= hits - 1) {
      const char* const at = folded_.data() + block * kBlock + std::countr_zero(hits);
      // Without a call: of the bytes between there are two at most.
      const auto same = [&](std::size_t i) { return static_cast<unsigned char>(at[i]) == needle.bytes[i]; };
      if (distance < 2 || (same(1) && same(distance - 1))) marks_[block].hits |= hits & -hits;
    }
  }
}

}  // namespace telephony
