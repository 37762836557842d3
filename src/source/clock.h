// The clock of all deadlines.
#pragma once

#include <chrono>

namespace telephony::ingest {

using Clock = std::chrono::steady_clock;

}  // namespace telephony::ingest
