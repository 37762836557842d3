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
  /// A stand that was kept. What is compared stands in two cache lines, that of most in one.
  struct alignas(64) Known {
    static constexpr std::size_t kMostBytes = 98;

    std::uint64_t alike;  ///< the event's number
    std::uint64_t space;
    const LinePattern* pattern;  ///< the first of them
    std::uint32_t patterns;
    char quote;
    std::uint8_t size;
    std::array<char, kMostBytes> text;

    Stand stand() const { return {{pattern, patterns}, {text.data(), size}, quote}; }
  };

  /// Null: not known.
  const Known* find(const Source& source, const Stand& stand) const;

  /// The event that the stand says, as line_event() would make it, with its number in `alike`.
  const Record& record(const Known& known) const {
    return *records_[static_cast<std::size_t>(&known - known_.get())];
  }

  /// Remembers a stand and what it matched, unless it is long or tells what no other line does.
  void keep(const Source& source, const Stand& stand, const LineMatch& match, RuleScratch& scratch);

 private:
  static constexpr std::size_t kWays = 8;
  static constexpr std::size_t kSets = 512;

  /// The hashes stand apart, so that of eight texts most often only the right one is looked at.
  struct alignas(32) Set {
    std::array<std::uint32_t, kWays> hashes{};  ///< 0: none
  };

  std::vector<Set> sets_;                         ///< empty until the first is kept
  std::unique_ptr<Known[]> known_;                ///< of the sets, one after the other; not there until kept
  std::vector<std::unique_ptr<Record>> records_;  ///< theirs; the views stand in `text`, or in the catalog
  std::uint64_t kept_ = 0;                        ///< the number of the last one
};

}  // namespace telephony
