// How much of all requests together a listener holds; on its thread.
#pragma once

#include <cstddef>

#include "telephony_exporter/event/limits.h"

namespace telephony::ingest {

struct BodyBudget {
  std::size_t arriving_bytes = 0;
  std::size_t waiting_bytes = 0;  ///< of whole bodies whose answer is not there yet

  bool fits() const {
    return arriving_bytes <= limits::kIngestBodyBytes && waiting_bytes <= limits::kIngestWaitingBytes;
  }
};

/// One connection's share, given back when the connection ends.
class BodyShare {
 public:
  explicit BodyShare(BodyBudget& budget) : budget_(budget) {}
  ~BodyShare() { set(0, 0); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  void arriving(std::size_t bytes) { set(bytes, 0); }
  /// What has arrived waits for its answer.
  void wait() { set(0, arriving_); }

 private:
  void set(std::size_t arriving, std::size_t waiting) {
    budget_.arriving_bytes += arriving - arriving_;
    budget_.waiting_bytes += waiting - waiting_;
    arriving_ = arriving;
    waiting_ = waiting;
  }

  BodyBudget& budget_;
  std::size_t arriving_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace telephony::ingest
