#include "decode/line_scan.h"

#if defined(__SSE2__)
#include <emmintrin.h>
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

Vector all(unsigned char c) { return c - Vector{}; }

/// A bit for each byte that is equal; that of the first byte is the lowest.
template <typename Equal>
std::uint64_t bits(Equal equal) {
#if defined(__SSE2__)
  return static_cast<std::uint64_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(equal)));
#else
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < sizeof equal; ++i) out |= std::uint64_t{equal[i] != 0} << i;
  return out;
#endif
}

}  // namespace

void LineScan::mark(std::string_view text, std::span<const Needle> needles) {
  const std::size_t inner = text.size() < kNeedleReach ? 0 : (text.size() - kNeedleReach) / kBlock;
  const std::span<Marks> whole = std::span(marks_).first(std::min(inner, kBlocks));
  mark_blocks(text.data(), whole, needles);
  // The text's last bytes are marked in a copy, behind which there is room to read on.
  for (std::size_t block = whole.size(); block < kBlocks && block * kBlock < text.size(); ++block) {
    std::array<char, 2 * kBlock> copy{};
    const std::string_view rest = text.substr(block * kBlock, copy.size());
    std::copy(rest.begin(), rest.end(), copy.begin());
    mark_blocks(copy.data(), {&marks_[block], 1}, needles);
    if (rest.size() < kBlock) marks_[block].hits &= (std::uint64_t{1} << rest.size()) - 1;
  }
}

void LineScan::mark_blocks(const char* text, std::span<Marks> marks, std::span<const Needle> needles) {
  const Vector newline = all('\n');
  const char* at = text;
  for (Marks& block : marks) {
    block = {};
    for (std::size_t i = 0; i < kBlock; i += sizeof(Vector), at += sizeof(Vector)) {
      block.ends |= bits(load(at) == newline) << i;
    }
  }
  const Vector fold = all(0x20);
  for (const Needle& needle : needles) {
    const Vector first = all(needle.first);
    const Vector second = all(needle.second);
    at = text;
    for (Marks& block : marks) {
      for (std::size_t i = 0; i < kBlock; i += sizeof(Vector), at += sizeof(Vector)) {
        const auto there = (load(at) | fold) == first;
        const auto and_there = (load(at + needle.distance) | fold) == second;
        block.hits |= bits(there & and_there) << i;
      }
    }
  }
}

}  // namespace telephony
