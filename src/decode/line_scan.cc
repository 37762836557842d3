#include "decode/line_scan.h"

#include "decode/vector.h"

namespace telephony {

using Halves = LineScan::Halves;
using Tables = LineScan::Tables;
using Block = LineScan::Block;

namespace {

/// The bits that look for odd lines, see begins_oddly(); needles have the other ones.
constexpr unsigned char kControl = 0x40;
constexpr unsigned char kBlankOrBrace = 0x80;
constexpr std::size_t kNeedleBits = 6;

void add_any(Halves& halves, unsigned char bits) {
  for (unsigned char& low : halves.low) low |= bits;
  for (unsigned char& high : halves.high) high |= bits;
}

/// Whatever stands behind a line end and a byte that begins an odd line.
Tables odd_lines() {
  Tables tables;
  auto& [end, first, rest] = tables;
  end.add('\n', kControl | kBlankOrBrace);
  for (unsigned char control = 0; control < ' '; ++control) first.add(control, kControl);
  first.add(' ', kBlankOrBrace);
  first.add('{', kBlankOrBrace);
  add_any(rest, kControl | kBlankOrBrace);
  return tables;
}

/// The bits of the needles that each of the bytes may be of.
Vector looked_up(const Halves& halves, Vector bytes) {
#if defined(__clang__)
  Vector found;
  for (std::size_t i = 0; i < sizeof found; ++i) {
    found[i] = halves.low[bytes[i] & 0xfU] & halves.high[bytes[i] >> 4U];
  }
  return found;
#else
  // One instruction each on processors of the ARM kind.
  return __builtin_shuffle(load_vector(halves.low.data()), bytes & all(0xf)) &
         __builtin_shuffle(load_vector(halves.high.data()), bytes >> 4);
#endif
}

/// Marks the blocks of a text, behind which there are kNeedleBytes more.
void mark_anywhere(const char* text, const Tables& tables, std::span<Block> blocks) {
  for (Block& block : blocks) {
    block = {};
    for (std::size_t i = 0; i < 64; i += sizeof(Vector), text += sizeof(Vector)) {
      const Vector bytes = load_vector(text);
      const Vector found = looked_up(tables[0], bytes) & looked_up(tables[1], load_vector(text + 1)) &
                           looked_up(tables[2], load_vector(text + 2));
      block.ends |= bits(bytes == all('\n')) << i;
      block.marks |= bits(found != all(0)) << i;
    }
    block.lines = static_cast<std::size_t>(std::popcount(block.ends));
  }
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] __m256i load_wide(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}

/// A table, once for each half of a vector.
[[gnu::target("avx2")]] __m256i twice(const std::array<unsigned char, 16>& table) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data())));
}

struct WideHalves {
  __m256i low;
  __m256i high;
};

[[gnu::target("avx2")]] inline __m256i looked_up(const WideHalves& halves, const char* text) {
  const __m256i half = _mm256_set1_epi8(0xf);
  const __m256i bytes = load_wide(text);
  const __m256i low = _mm256_shuffle_epi8(halves.low, bytes & half);
  return low & _mm256_shuffle_epi8(halves.high, _mm256_srli_epi16(bytes, 4) & half);
}

/// A bit for each of 32 bytes that are equal.
[[gnu::target("avx2")]] inline std::uint64_t equal_bits(__m256i a, __m256i b) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, b)));
}

/// The same with vectors of 32 bytes, which most processors of this kind have.
[[gnu::target("avx2,popcnt")]] void mark_avx2(const char* text, const Tables& tables,
                                              std::span<Block> blocks) {
  const __m256i end = _mm256_set1_epi8('\n');
  const __m256i none = _mm256_setzero_si256();
  const WideHalves first{twice(tables[0].low), twice(tables[0].high)};
  const WideHalves second{twice(tables[1].low), twice(tables[1].high)};
  const WideHalves third{twice(tables[2].low), twice(tables[2].high)};
  for (Block& block : blocks) {
    block.ends = equal_bits(load_wide(text), end) | equal_bits(load_wide(text + 32), end) << 32U;
    block.lines = static_cast<std::size_t>(std::popcount(block.ends));
    block.marks = 0;
    for (std::size_t i = 0; i < 64; i += 32, text += 32) {
      const __m256i found = looked_up(first, text) & looked_up(second, text + 1) & looked_up(third, text + 2);
      block.marks |= (equal_bits(found, none) ^ 0xffffffffU) << i;
    }
  }
}
#endif

void mark_blocks(const char* text, const Tables& tables, std::span<Block> blocks) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (has_avx2) return mark_avx2(text, tables, blocks);
#endif
  mark_anywhere(text, tables, blocks);
}

}  // namespace

void LineScan::begin(std::span<const Needle> needles) {
  static const Tables kOddLines = odd_lines();
  tables_ = kOddLines;
  by_first_.fill(0);
  words_.clear();
  hits_.clear();
  found_ = 0;
  start_ = 0;
  look_ = true;
  for (const Needle& needle : needles) add_needle(needle);
}

void LineScan::add_needle(const Needle& needle) {
  const std::size_t number = words_.size();
  std::array<unsigned char, kNeedleBytes> used{};
  std::fill_n(used.begin(), needle.size, 0xff);
  words_.push_back({number_at(used.data()), number_at(needle.bytes.data())});
  by_first_[needle.bytes[0]] |= needle_bit(number);
  const auto bit = static_cast<unsigned char>(1U << number % kNeedleBits);
  for (std::size_t place = 0; place < tables_.size(); ++place) {
    if (place >= needle.size) {
      add_any(tables_[place], bit);
      continue;
    }
    tables_[place].add(needle.bytes[place], bit);
    tables_[place].add(needle.bytes[place] & ~0x20U, bit);
  }
}

/// The last blocks, behind which there is no more to read, are marked where there is.
void LineScan::mark(std::string_view text) {
  const std::size_t whole = text.size() < kNeedleBytes ? 0 : (text.size() - kNeedleBytes) / kBlock;
  const auto direct = std::span(blocks_).first(std::min(whole, kBlocks));
  mark_blocks(text.data(), tables_, direct);
  if (direct.size() == kBlocks) return;
  const std::string_view rest = text.substr(direct.size() * kBlock);
  std::array<char, 2 * kBlock + kNeedleBytes> copy{};
  std::copy(rest.begin(), rest.end(), copy.begin());
  const auto last =
      std::span(blocks_)
          .subspan(direct.size())
          .first(std::min<std::size_t>((rest.size() + kBlock - 1) / kBlock, kBlocks - direct.size()));
  mark_blocks(copy.data(), tables_, last);
  const std::size_t used = rest.size() % kBlock;
  if (last.size() * kBlock > rest.size()) last.back().marks &= (std::uint64_t{1} << used) - 1;
}

std::uint64_t LineScan::folded_end(std::string_view end) {
  std::array<char, kNeedleBytes> bytes{};
  std::transform(end.begin(), end.end(), bytes.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return number_at(bytes.data());
}

}  // namespace telephony
