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

/// Where most text lines say nothing, this is a line that may: it begins with a blank or with '{', or there
/// is nothing in it.
inline bool begins_oddly(unsigned char first) { return first <= ' ' || first == '{'; }

/// Most lines of a log say nothing, so they are not read: the text is compared with the line end and with the
/// needles, a vector at a time, and what comes of it is a bit for each byte. Only lines with a bit are worth
/// a second look; those between them are counted by their ends. A needle that begins in one line and ends in
/// the next is a false hit as any other.
///
/// All needles are compared at once, by a trick that is known as Teddy: each of them is a bit, in tables that
/// tell for half a byte which needles have it at their first, second or third place; a shuffle looks up 32
/// bytes at once, and needles of which all six halves agree may stand there. Eight bits are enough, as each
/// can stand for several needles, and two of them look for line ends with an odd line behind.
class LineScan {
 public:
  /// Calls `give(line, hits)` for lines, without their '\n', and `pass(lines)` for how many there are before
  /// the next one, or the end, that are neither long nor odd, and in which no needle stands. Not all of these
  /// are passed; with `all` none is. What is given is valid during the call.
  template <typename Give, typename Pass>
  void each_line(std::string_view text, std::span<const Needle> needles, bool all, Give&& give, Pass&& pass);

  /// The needles with a byte at one of their places, by its lower and its upper half.
  struct Halves {
    std::array<unsigned char, 16> low{};
    std::array<unsigned char, 16> high{};
    void add(unsigned char byte, unsigned char bits) { low[byte & 0xfU] |= bits, high[byte >> 4U] |= bits; }
  };
  using Tables = std::array<Halves, 3>;
  /// A bit for each of 64 bytes.
  struct Block {
    std::uint64_t ends = 0;   ///< a line ends there
    std::uint64_t marks = 0;  ///< some needle may stand there, or a line ends before one that is odd
    std::size_t lines = 0;    ///< how many end there: counted where an instruction does it
  };

 private:
  static constexpr std::size_t kBlock = 64;  ///< bytes, and bits of a word
  static constexpr std::size_t kBlocks = 64;
  static constexpr std::size_t kTile = kBlock * kBlocks;

  struct Word {
    std::uint64_t mask;
    std::uint64_t bytes;
  };

  static std::uint64_t number_at(const void* bytes) {
    static_assert(kNeedleBytes == sizeof(std::uint64_t));
    std::uint64_t number = 0;
    std::memcpy(&number, bytes, sizeof number);
    return number;
  }

  void begin(std::span<const Needle> needles);
  void add_needle(const Needle& needle);
  /// Marks the tile with which the text begins.
  void mark(std::string_view text);

  /// Bytes of the text as they are compared: each `| 0x20`, and zeros behind the end, which no needle has.
  static std::uint64_t folded_at(std::string_view text, std::size_t at) {
    if (text.size() - at < kNeedleBytes) return folded_end(text.substr(at));
    return number_at(text.data() + at) | 0x2020202020202020U;
  }
  static std::uint64_t folded_end(std::string_view end);

  /// The bits of the needles that stand there.
  std::uint64_t needles_at(std::string_view text, std::size_t at) const {
    std::uint64_t stand = 0;
    const std::uint64_t there = folded_at(text, at);
    std::uint64_t open = by_first_[static_cast<unsigned char>(text[at]) | 0x20U];
    for (; open != 0; open &= open - 1) {
      const auto first = static_cast<std::size_t>(std::countr_zero(open));
      for (std::size_t i = first; i < words_.size(); i += 64) {  // some needles have the same bit
        if ((there & words_[i].mask) == words_[i].bytes) stand |= open & -open;
      }
    }
    return stand;
  }

  /// Of the marks of a block, those where a needle stands; `line` is where the line begins.
  void keep_hits(std::uint64_t marks, std::string_view text, std::size_t block, std::size_t line) {
    for (; marks != 0 && hits_.size() < limits::kLineBytes; marks &= marks - 1) {
      const std::size_t at = block + static_cast<std::size_t>(std::countr_zero(marks));
      const std::uint64_t stand = needles_at(text, at);
      if (stand == 0) continue;
      found_ |= stand;
      hits_.push_back(static_cast<std::uint32_t>(at - line));
    }
  }

  template <typename Give, typename Pass>
  void read_block(Block bits, std::string_view text, std::size_t block, Give&& give, Pass&& pass);

  std::array<Block, kBlocks> blocks_;  ///< of the tile
  Tables tables_;
  std::vector<Word> words_;                    ///< the needles as numbers
  std::array<std::uint64_t, 256> by_first_{};  ///< their bits, by their first byte
  std::size_t start_ = 0;                      ///< of the line
  bool look_ = false;                          ///< the line is to be given, whatever else is in it
  std::uint64_t all_ = 0;                      ///< all bits, when all lines are
  std::vector<std::uint32_t> hits_;            ///< of the line
  std::uint64_t found_ = 0;                    ///< the bits of their needles
};

template <typename Give, typename Pass>
void LineScan::read_block(Block bits, std::string_view text, std::size_t block, Give&& give, Pass&& pass) {
  auto [ends, marks, lines] = bits;
  const bool look_first = look_ || block + kBlock - start_ > limits::kLineBytes;
  const std::uint64_t odd = marks & ends;  // the lines behind these are
  marks &= ~ends;
  // A line to look at has a bit here, somewhere before its end or at it.
  std::uint64_t look = all_ | marks | odd << 1U | std::uint64_t{look_first};
  if (look == 0) {
    if (ends != 0) start_ = block + kBlock - static_cast<std::size_t>(std::countl_zero(ends));
    look_ = odd != 0;
    return pass(lines);
  }
  look_ = odd >> 63U != 0;
  for (; ends != 0; ends &= ends - 1) {
    const std::uint64_t line = ends ^ (ends - 1);  // all bits up to its end
    const std::size_t end = block + static_cast<std::size_t>(std::countr_zero(ends));
    if ((look & line) == 0) {
      pass(1);
    } else {
      if ((marks & line) != 0) keep_hits(marks & line, text, block, start_);
      give(text.substr(start_, end - start_), Hits{hits_, found_});
      hits_.clear();
      found_ = 0;
    }
    look &= ~line;
    marks &= ~line;
    start_ = end + 1;
  }
  if (marks != 0) keep_hits(marks, text, block, start_);
  if (look != 0) look_ = true;
}

template <typename Give, typename Pass>
void LineScan::each_line(std::string_view text, std::span<const Needle> needles, bool all, Give&& give,
                         Pass&& pass) {
  begin(needles);
  all_ = all ? ~std::uint64_t{0} : 0;
  for (std::size_t tile = 0; tile < text.size(); tile += kTile) {
    mark(text.substr(tile));
    const std::size_t size = std::min(text.size() - tile, kTile);
    for (std::size_t block = tile; block < tile + size; block += kBlock) {
      read_block(blocks_[(block - tile) / kBlock], text, block, give, pass);
    }
  }
  if (start_ < text.size()) give(text.substr(start_), Hits{hits_, found_});
}

}  // namespace telephony
