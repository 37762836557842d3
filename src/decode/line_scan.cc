#include "decode/line_scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

/// Marks where the pair stands: a word for each 64 bytes of the text.
void mark_pair_anywhere(const char* text, const Pair& pair, std::span<std::uint64_t> marks) {
  const Vector first = all(pair.first);
  const Vector last = all(pair.last);
  for (std::uint64_t& word : marks) {
    for (std::size_t i = 0; i < 64; i += sizeof(Vector), text += sizeof(Vector)) {
      word |= bits((load(text) == first) & (load(text + pair.distance) == last)) << i;
    }
  }
}

#if defined(__x86_64__)
/// The same with vectors of 32 bytes, which most processors of this kind have.
[[gnu::target("avx2")]] void mark_pair_avx2(const char* text, const Pair& pair,
                                            std::span<std::uint64_t> marks) {
  const __m256i first = _mm256_set1_epi8(static_cast<char>(pair.first));
  const __m256i last = _mm256_set1_epi8(static_cast<char>(pair.last));
  for (std::uint64_t& word : marks) {
    for (std::size_t i = 0; i < 64; i += sizeof first, text += sizeof first) {
      const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
      const __m256i there = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + pair.distance));
      const __m256i both = _mm256_and_si256(_mm256_cmpeq_epi8(here, first), _mm256_cmpeq_epi8(there, last));
      word |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(both))} << i;
    }
  }
}
#endif

bool has_avx2() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
#else
  return false;
#endif
}

void mark_pair(const char* text, const Pair& pair, std::span<std::uint64_t> marks) {
#if defined(__x86_64__)
  if (has_avx2()) return mark_pair_avx2(text, pair, marks);
#endif
  mark_pair_anywhere(text, pair, marks);
}

/// Folds whole blocks, one for each word of `ends`, in which it marks where lines end.
void fold_anywhere(const char* from, char* to, std::span<std::uint64_t> ends) {
  for (std::uint64_t& word : ends) {
    word = 0;
    for (std::size_t i = 0; i < 64; i += sizeof(Vector), from += sizeof(Vector), to += sizeof(Vector)) {
      const Vector bytes = load(from);
      word |= bits(bytes == all('\n')) << i;
      store(bytes | all(0x20), to);
    }
  }
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void fold_avx2(const char* from, char* to, std::span<std::uint64_t> ends) {
  const __m256i end = _mm256_set1_epi8('\n');
  const __m256i low = _mm256_set1_epi8(0x20);
  for (std::uint64_t& word : ends) {
    word = 0;
    for (std::size_t i = 0; i < 64; i += sizeof end, from += sizeof end, to += sizeof end) {
      const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
      const int equal = _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, end));
      word |= std::uint64_t{static_cast<std::uint32_t>(equal)} << i;
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_or_si256(bytes, low));
    }
  }
}
#endif

void fold_blocks(const char* from, char* to, std::span<std::uint64_t> ends) {
#if defined(__x86_64__)
  if (has_avx2()) return fold_avx2(from, to, ends);
#endif
  fold_anywhere(from, to, ends);
}

}  // namespace

void LineScan::begin(std::span<const Needle> needles) {
  hits_.clear();
  words_.clear();
  for (const Needle& needle : needles) {
    std::array<unsigned char, kNeedleBytes> used{};
    std::fill_n(used.begin(), needle.size, 0xff);
    words_.push_back({number_at(used.data()), number_at(needle.bytes.data())});
  }
}

void LineScan::mark(std::string_view text, std::span<const Needle> needles) {
  fold(text);
  const std::size_t blocks = std::min((text.size() + kBlock - 1) / kBlock, kBlocks);
  marks_.fill(0);
  for (const Needle& needle : needles) {
    const std::size_t distance = needle.size - 1U;
    mark_pair(folded_.data(), {needle.bytes[0], needle.bytes[distance], distance},
              std::span(marks_).first(blocks));
  }
}

/// Also marks the ends. Behind the end of the text there are zeros, which no needle has.
void LineScan::fold(std::string_view text) {
  const std::size_t whole = std::min(text.size() / kBlock, kBlocks);
  fold_blocks(text.data(), folded_.data(), std::span(ends_).first(whole));
  char* to = folded_.data() + whole * kBlock;
  const std::string_view rest = text.substr(whole * kBlock, kBlock);
  std::uint64_t ends = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '\n') ends |= std::uint64_t{1} << i;
    to[i] = static_cast<char>(rest[i] | 0x20);
  }
  std::fill(to + rest.size(), folded_.data() + (whole + 1) * kBlock + kNeedleBytes, '\0');
  if (whole < kBlocks) ends_[whole] = ends;
}

}  // namespace telephony
