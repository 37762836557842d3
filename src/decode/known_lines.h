// What lines said before.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "decode/line_match.h"
#include "decode/rules.h"

namespace telephony {

/// A log says the same few things a million times, each behind a time and a call of its own. What stands
/// behind a pattern's first literal is compared with what stood there before, and only what is new is
/// matched. What is remembered is bounded, and known by the number of its code space, so that nothing of a
/// catalog that a reload replaced is ever found.
class KnownLines {
 public:
  /// The event that the stand says, as line_event() would make it, with a number in `alike`; null: not known.
  const Record* find(const Source& source, const Stand& stand) const;

  /// Remembers a stand and what it matched, unless it is long or tells what no other line does.
  void keep(const Source& source, const Stand& stand, const LineMatch& match, RuleScratch& scratch);

 private:
  static constexpr std::size_t kMostBytes = 120;
  static constexpr std::size_t kWays = 8;
  static constexpr std::size_t kSets = 512;

  /// What is compared stands in as few cache lines as can be.
  struct alignas(64) Known {
    std::uint64_t space = 0;  ///< 0: none
    std::span<const LinePattern> patterns;
    char quote = '\0';
    std::uint8_t size = 0;
    std::array<char, kMostBytes> text{};
    Record record;  ///< its views stand in `text`, or in the catalog

    Stand stand() const { return {patterns, {text.data(), size}, quote}; }
  };
  /// The hashes stand apart, so that of eight texts most often only the right one is looked at.
  struct alignas(64) Set {
    std::array<std::uint32_t, kWays> hashes{};
    std::array<std::unique_ptr<Known>, kWays> known;
  };

  std::vector<Set> sets_;   ///< empty until the first is kept
  std::uint64_t kept_ = 0;  ///< the number of the last one
};

}  // namespace telephony
