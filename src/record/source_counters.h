// What became of the sources' bodies: integers that are raised without a lock, a name or a look-up.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>

#include "telephony_exporter/config/series.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

/// One source's. Lines of their own, so that threads that serve different sources do not share one.
struct alignas(64) SourceCounts {
  std::atomic<std::uint64_t> received = 0;
  std::array<std::atomic<std::uint64_t>, 4> results{};  ///< counted, duplicate, ignored, rejected
  std::array<std::atomic<std::uint64_t>, kRejectCauses> causes{};
};

inline void raise(std::atomic<std::uint64_t>& counter, std::uint64_t by) {
  if (by > 0) counter.fetch_add(by, std::memory_order_relaxed);
}

/// By the numbers of the sources. They stand in blocks of doubling size that never move, so that new sources
/// can be made while the counters of the others are raised: whoever knows a source's number has it from
/// settings that came into force after make().
class SourceCounters {
 public:
  /// One thread at a time.
  void make(SourceId id) {
    auto& block = blocks_[block_of(id)];
    if (!block) block = std::make_unique<SourceCounts[]>(std::size_t{1} << block_of(id));
  }

  SourceCounts& of(SourceId id) const {
    return blocks_[block_of(id)][id + 1 - (SourceId{1} << block_of(id))];
  }

 private:
  /// Block n holds the 2^n sources from number 2^n - 1 on.
  static std::size_t block_of(SourceId id) { return static_cast<std::size_t>(std::bit_width(id + 1)) - 1; }

  std::array<std::unique_ptr<SourceCounts[]>, 32> blocks_;
};

}  // namespace telephony
