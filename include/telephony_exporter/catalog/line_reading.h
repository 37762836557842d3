// How text lines are read: patterns with captures, layouts that hold fields, Reason headers. Data, no action.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telephony {

/// Where in a record's values the one stands that the catalog's location of this number points to.
using Slot = std::uint8_t;
inline constexpr std::size_t kMaxSlots = 64;

/// A text without which a line has not the shape that it stands for.
struct Sign {
  std::string text;
  bool any_case = false;   ///< ASCII letters in lower or upper case
  std::size_t needle = 0;  ///< where in it the first byte of its needle stands
  std::uint64_t bit = 0;   ///< of its needle, see needle_bit(); 0: it has none
};

/// A few bytes of a sign, by which it is looked for: comparing those of all lines with some needles costs
/// less than reading one line. They are given after `| 0x20`, which makes letters lower case, so a hit may be
/// false.
inline constexpr std::size_t kNeedleBytes = 8;
struct Needle {
  std::array<unsigned char, kNeedleBytes> bytes{};
  std::uint8_t size = 0;  ///< how many of them; of a shorter sign all
};

/// By which needles are told apart; some of more than 64 have the same.
inline std::uint64_t needle_bit(std::size_t number) { return std::uint64_t{1} << number % 64; }

/// A log line's shape: literals and captures in turn, the first part being a literal.
struct LinePattern {
  enum class Part : std::uint8_t { literal, code, word, text, id, account, reason, any };
  struct Piece {
    Part part = Part::literal;
    std::string literal;
  };
  std::string kind;
  std::vector<Piece> pieces;
  Sign sign;              ///< the first literal
  std::size_t run = 1;    ///< so many patterns, this one and those that follow it, begin with that literal
  std::string numbering;  ///< of its codes; empty: the space's own

  /// Throws std::invalid_argument with what is wrong.
  static LinePattern parse(std::string_view text);
};

/// A shape in which a line of text holds fields, as a call record behind a syslog head does.
struct Layout {
  enum class As : std::uint8_t { pairs, logfmt, json, csv };
  As as = As::pairs;
  std::vector<std::string> after;  ///< the fields follow one of these texts; empty: they are the line
  std::string separator;           ///< between pairs, or cells
  std::string equals;              ///< between a key and its value
  std::size_t cells = 0;           ///< how many a row has
  std::vector<std::pair<std::size_t, Slot>> columns;  ///< the cells that are fields
  std::vector<Sign> signs;  ///< a line with none of them says nothing in this layout; empty: any line may
};

/// A protocol of Reason headers (RFC 3326) and the numbering of its causes.
struct ReasonProtocol {
  std::string name;       ///< "*": any that is not named
  std::string numbering;  ///< empty: the space's own
};

}  // namespace telephony
