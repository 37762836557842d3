// Which sessions have ended lately, in one cache line each.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "telephony_exporter/memory/huge_pages.h"

namespace telephony {

/// Not thread-safe. Times are seconds on a clock that does not run backwards.
///
/// Most sessions are told once, when they are over, so to note one may cost no more than one cache miss: it
/// stands in the line that its hash names, and in no list or chain beside. Where a line is full of what is
/// not older than the memory, the lines double; once there are three places for each of `limit`, the oldest
/// of the line goes. So of the last `limit` within the memory all are kept but one in a thousand, and of
/// those the older ones.
class EndedSessions {
 public:
  /// The memory is at most 18 hours.
  EndedSessions(std::size_t limit, std::chrono::seconds memory);

  /// A keyed hash of a session. One that is there already keeps its time.
  void add(std::uint64_t session, std::uint32_t now);
  bool contains(std::uint64_t session, std::uint32_t now) const;

  /// It is to be added or looked for soon. Always inlined, as is every function that only calls it: GCC 12
  /// takes a function that does nothing but prefetch for one without effect, and leaves out the call.
  [[gnu::always_inline]] void prefetch(std::uint64_t session) const {
    if (!lines_.empty()) __builtin_prefetch(&line(session), 1);
  }

  std::size_t bytes() const { return lines_.size() * sizeof(Line); }

 private:
  static constexpr std::size_t kPlaces = 6;

  /// A queue, the newest first.
  struct alignas(64) Line {
    std::array<std::uint64_t, kPlaces> sessions{};  ///< 0: free, as is all behind it
    std::array<std::uint16_t, kPlaces> ended{};     ///< the low bits of the second
    std::uint32_t written = 0;                      ///< when the newest came

    std::uint32_t age(std::size_t place, std::uint32_t now) const {
      return now - written + static_cast<std::uint16_t>(written - ended[place]);
    }
    bool contains(std::uint64_t key, std::uint32_t now, std::uint32_t memory) const;
    std::size_t forget(std::uint32_t now, std::uint32_t memory);  ///< and how many are left
    void push(std::uint64_t key, std::uint32_t now);
  };
  static_assert(sizeof(Line) == 64);

  Line& line(std::uint64_t key) { return lines_[key & (lines_.size() - 1)]; }
  const Line& line(std::uint64_t key) const { return lines_[key & (lines_.size() - 1)]; }
  void grow();

  std::size_t most_lines_;
  std::uint32_t memory_;
  std::vector<Line, HugePages<Line>> lines_;  ///< a power of two; none before the first session
};

}  // namespace telephony
