#include "decode/line_scan.h"

#include "decode/vector.h"

namespace telephony {

using Pair = LineScan::Pair;
using Block = LineScan::Block;

namespace {

/// Marks the blocks of a text, behind which there are kNeedleBytes more.
void mark_anywhere(const char* text, std::span<const Pair> pairs, std::span<Block> blocks) {
  const Vector low = all(0x20);
  for (Block& block : blocks) {
    block = {};
    for (std::size_t i = 0; i < 64; i += sizeof(Vector), text += sizeof(Vector)) {
      const Vector bytes = load_vector(text);
      block.ends |= bits(bytes == all('\n')) << i;
      for (const Pair& pair : pairs) {
        const Vector there = load_vector(text + pair.distance) | low;
        const auto both =
            ((bytes | low) == load_vector(pair.first.data())) & (there == load_vector(pair.last.data()));
        block.marks |= bits(both) << i;
      }
    }
  }
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] __m256i load_wide(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}

/// A bit for each of 64 bytes that are equal.
[[gnu::target("avx2")]] std::uint64_t wide_bits(__m256i low, __m256i high) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
         std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
}

/// The same with vectors of 32 bytes, which most processors of this kind have.
[[gnu::target("avx2")]] void mark_avx2(const char* text, std::span<const Pair> pairs,
                                       std::span<Block> blocks) {
  const __m256i end = _mm256_set1_epi8('\n');
  const __m256i low = _mm256_set1_epi8(0x20);
  for (Block& block : blocks) {
    const __m256i left = load_wide(text);
    const __m256i right = load_wide(text + 32);
    block.ends = wide_bits(_mm256_cmpeq_epi8(left, end), _mm256_cmpeq_epi8(right, end));
    const __m256i left_low = _mm256_or_si256(left, low);
    const __m256i right_low = _mm256_or_si256(right, low);
    __m256i left_marks = _mm256_setzero_si256();
    __m256i right_marks = left_marks;
    for (const Pair& pair : pairs) {
      const __m256i first = load_wide(pair.first.data());
      const __m256i last = load_wide(pair.last.data());
      const __m256i left_there = _mm256_or_si256(load_wide(text + pair.distance), low);
      const __m256i right_there = _mm256_or_si256(load_wide(text + 32 + pair.distance), low);
      left_marks |= _mm256_cmpeq_epi8(left_low, first) & _mm256_cmpeq_epi8(left_there, last);
      right_marks |= _mm256_cmpeq_epi8(right_low, first) & _mm256_cmpeq_epi8(right_there, last);
    }
    block.marks = wide_bits(left_marks, right_marks);
    text += 64;
  }
}
#endif

void mark_blocks(const char* text, std::span<const Pair> pairs, std::span<Block> blocks) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (has_avx2) return mark_avx2(text, pairs, blocks);
#endif
  mark_anywhere(text, pairs, blocks);
}

}  // namespace

void LineScan::begin(std::span<const Needle> needles) {
  hits_.clear();
  found_ = 0;
  words_.clear();
  pairs_.clear();
  for (const Needle& needle : needles) {
    std::array<unsigned char, kNeedleBytes> used{};
    std::fill_n(used.begin(), needle.size, 0xff);
    words_.push_back({number_at(used.data()), number_at(needle.bytes.data()), needle_bit(words_.size())});
    Pair& pair = pairs_.emplace_back();
    pair.distance = needle.size - 1U;
    pair.first.fill(needle.bytes[0]);
    pair.last.fill(needle.bytes[pair.distance]);
  }
}

/// The last blocks, behind which there is no more to read, are marked where there is.
void LineScan::mark(std::string_view text) {
  const std::size_t whole = text.size() < kNeedleBytes ? 0 : (text.size() - kNeedleBytes) / kBlock;
  const auto direct = std::span(blocks_).first(std::min(whole, kBlocks));
  mark_blocks(text.data(), pairs_, direct);
  if (direct.size() == kBlocks) return;
  const std::string_view rest = text.substr(direct.size() * kBlock);
  std::array<char, 2 * kBlock + kNeedleBytes> copy{};
  std::copy(rest.begin(), rest.end(), copy.begin());
  const auto last =
      std::span(blocks_)
          .subspan(direct.size())
          .first(std::min<std::size_t>((rest.size() + kBlock - 1) / kBlock, kBlocks - direct.size()));
  mark_blocks(copy.data(), pairs_, last);
  const std::size_t used = rest.size() % kBlock;
  if (last.size() * kBlock > rest.size()) last.back().marks &= (std::uint64_t{1} << used) - 1;
}

std::uint64_t LineScan::folded_end(std::string_view end) {
  std::array<char, kNeedleBytes> bytes{};
  std::transform(end.begin(), end.end(), bytes.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return number_at(bytes.data());
}

}  // namespace telephony
