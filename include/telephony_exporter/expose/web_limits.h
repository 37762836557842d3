// What clients of the web listener may take of time and memory.
#pragma once

#include <chrono>
#include <cstddef>

#include "telephony_exporter/event/limits.h"

namespace telephony {

/// Tests take less.
struct WebLimits {
  std::chrono::milliseconds head = limits::kHeadDeadline;
  std::chrono::milliseconds write = limits::kWriteDeadline;
  std::chrono::milliseconds idle = limits::kIdleDeadline;
  std::chrono::milliseconds linger = limits::kLingerDeadline;
  std::chrono::milliseconds stop = limits::kStopDeadline;
  std::size_t connections = limits::kWebConnections;
  /// Of all replies together; beyond it, the slowest reader is cut off.
  std::size_t unsent_bytes = limits::kUnsentBytes;
};

}  // namespace telephony
