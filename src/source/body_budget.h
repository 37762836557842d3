// How much of all bodies together a listener holds while they arrive; on its thread.
#pragma once

#include <cstddef>

#include "telephony_exporter/event/limits.h"

namespace telephony::ingest {

struct BodyBudget {
  std::size_t held_bytes = 0;
};

/// One connection's share, given back when the connection ends.
class BodyShare {
 public:
  explicit BodyShare(BodyBudget& budget) : budget_(budget) {}
  ~BodyShare() { hold(0); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  /// False when this is more than all connections together may hold.
  bool hold(std::size_t bytes) {
    budget_.held_bytes += bytes - mine_;
    mine_ = bytes;
    return bytes == 0 || budget_.held_bytes <= limits::kIngestHeldBytes;
  }

 private:
  BodyBudget& budget_;
  std::size_t mine_ = 0;
};

}  // namespace telephony::ingest
