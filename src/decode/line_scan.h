// A text to lines, and where in each of them a sign may stand.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "telephony_exporter/catalog/line_reading.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {

/// Where in a line needles stand.
struct Hits {
  std::span<const std::uint32_t>
      at;                     ///< from the line's beginning, in order; of a line that is too long not all
  std::uint64_t needles = 0;  ///< the bits of those that stand somewhere
};

/// Most lines of a log say nothing, so they are not read: the text is compared with the line end and with the
/// needles, a vector at a time, and what comes of it is a bit for each byte. Only lines with a bit are worth
/// a second look. A needle that begins in one line and ends in the next is a false hit as any other.
class LineScan {
 public:
  /// Calls `give(line, hits)` for every line, without its '\n'; what it is given is valid during the call.
  template <typename Give>
  void each_line(std::string_view text, std::span<const Needle> needles, Give&& give);

  /// The first and the last byte of a needle, each as often as they are compared at once.
  struct Pair {
    std::array<unsigned char, 32> first;
    std::array<unsigned char, 32> last;
    std::size_t distance;
  };
  /// A bit for each of 64 bytes.
  struct Block {
    std::uint64_t ends = 0;   ///< a line ends there
    std::uint64_t marks = 0;  ///< the pair of some needle stands there
  };

 private:
  static constexpr std::size_t kBlock = 64;  ///< bytes, and bits of a word
  static constexpr std::size_t kBlocks = 64;
  static constexpr std::size_t kTile = kBlock * kBlocks;

  struct Word {
    std::uint64_t mask;
    std::uint64_t bytes;
    std::uint64_t bit;
  };

  static std::uint64_t number_at(const void* bytes) {
    static_assert(kNeedleBytes == sizeof(std::uint64_t));
    std::uint64_t number = 0;
    std::memcpy(&number, bytes, sizeof number);
    return number;
  }

  void begin(std::span<const Needle> needles);
  /// Marks the tile with which the text begins.
  void mark(std::string_view text);

  /// Bytes of the text as they are compared: each `| 0x20`, and zeros behind the end, which no needle has.
  static std::uint64_t folded_at(std::string_view text, std::size_t at) {
    if (text.size() - at < kNeedleBytes) return folded_end(text.substr(at));
    return number_at(text.data() + at) | 0x2020202020202020U;
  }
  static std::uint64_t folded_end(std::string_view end);

  /// Of the marks of a block, those where a needle stands; `line` is where the line begins.
  void keep_hits(std::uint64_t marks, std::string_view text, std::size_t block, std::size_t line) {
    for (; marks != 0 && hits_.size() < limits::kLineBytes; marks &= marks - 1) {
      const std::size_t at = block + static_cast<std::size_t>(std::countr_zero(marks));
      const std::uint64_t there = folded_at(text, at);
      std::uint64_t stands = 0;
      for (const Word& word : words_) stands |= (there & word.mask) == word.bytes ? word.bit : 0;
      if (stands == 0) continue;
      found_ |= stands;
      hits_.push_back(static_cast<std::uint32_t>(at - line));
    }
  }

  std::array<Block, kBlocks> blocks_;  ///< of the tile
  std::vector<Pair> pairs_;
  std::vector<Word> words_;          ///< the needles as numbers
  std::vector<std::uint32_t> hits_;  ///< of the line
  std::uint64_t found_ = 0;          ///< the bits of their needles
};

template <typename Give>
void LineScan::each_line(std::string_view text, std::span<const Needle> needles, Give&& give) {
  std::size_t start = 0;
  begin(needles);
  for (std::size_t tile = 0; tile < text.size(); tile += kTile) {
    mark(text.substr(tile));
    const std::size_t size = std::min(text.size() - tile, kTile);
    for (std::size_t block = tile; block < tile + size; block += kBlock) {
      auto [ends, marks] = blocks_[(block - tile) / kBlock];
      for (; ends != 0; ends &= ends - 1) {
        const std::uint64_t before = ends ^ (ends - 1);  // all bits up to the line's end
        if ((marks & before) != 0) keep_hits(marks & before, text, block, start);
        marks &= ~before;
        const std::size_t end = block + static_cast<std::size_t>(std::countr_zero(ends));
        give(text.substr(start, end - start), Hits{hits_, found_});
        hits_.clear();
        found_ = 0;
        start = end + 1;
      }
      if (marks != 0) keep_hits(marks, text, block, start);
    }
  }
  if (start < text.size()) give(text.substr(start), Hits{hits_, found_});
}

}  // namespace telephony
