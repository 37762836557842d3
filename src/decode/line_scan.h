// A text to lines, and where in each of them a sign may stand.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "telephony_exporter/catalog/line_reading.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {

/// Where the needles' first bytes stand, counted from the line's beginning, in order. A hit may be false, and
/// a line that is too long may have more of them than are told.
using Hits = std::span<const std::uint32_t>;

/// Most lines of a log say nothing, so they are not read: the text is compared with the line end and with the
/// needles, a vector at a time, and what comes of it is a bit for each byte. Only lines with a bit are worth
/// a second look. A needle that begins in one line and ends in the next is a false hit as any other.
class LineScan {
 public:
  /// Calls `give(line, hits)` for every line, without its '\n'; what it is given is valid during the call.
  template <typename Give>
  void each_line(std::string_view text, std::span<const Needle> needles, Give&& give);

 private:
  static constexpr std::size_t kBlock = 64;  ///< bytes, and bits of a word
  static constexpr std::size_t kBlocks = 64;
  static constexpr std::size_t kTile = kBlock * kBlocks;

  struct Marks {
    std::uint64_t ends;
    std::uint64_t hits;
  };

  /// Marks the tile with which the text begins.
  void mark(std::string_view text, std::span<const Needle> needles);
  void mark_ends(std::string_view text);
  void mark_hits(const Needle& needle, std::size_t blocks);
  /// Keeps the hits as positions in the line that begins at `start`.
  void keep_hits(std::uint64_t hits, std::size_t block, std::size_t start) {
    for (; hits != 0 && hits_.size() < limits::kLineBytes; hits &= hits - 1) {
      hits_.push_back(
          static_cast<std::uint32_t>(block + static_cast<std::size_t>(std::countr_zero(hits)) - start));
    }
  }

  std::array<Marks, kBlocks> marks_;
  std::array<char, kTile + kBlock + kNeedleBytes> folded_;  ///< the tile and a few bytes behind it, each `| 0x20`
  std::vector<std::uint32_t> hits_;
};

template <typename Give>
void LineScan::each_line(std::string_view text, std::span<const Needle> needles, Give&& give) {
  std::size_t start = 0;
  hits_.clear();
  for (std::size_t tile = 0; tile < text.size(); tile += kTile) {
    mark(text.substr(tile), needles);
    const std::size_t tile_end = std::min(text.size(), tile + kTile);
    for (std::size_t block = tile; block < tile_end; block += kBlock) {
      auto [ends, hits] = marks_[(block - tile) / kBlock];
      for (; ends != 0; ends &= ends - 1) {
        const std::uint64_t before = ends ^ (ends - 1);  // all bits up to the line's end
        keep_hits(hits & before, block, start);
        hits &= ~before;
        const std::size_t end = block + static_cast<std::size_t>(std::countr_zero(ends));
        give(text.substr(start, end - start), Hits(hits_));
        hits_.clear();
        start = end + 1;
      }
      keep_hits(hits, block, start);
    }
  }
  if (start < text.size()) give(text.substr(start), Hits(hits_));
}

}  // namespace telephony
