// The SIP Retry-After header (RFC 3261 section 20.33): delta-seconds [comment] *(SEMI retry-param).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace telephony {

/// `18000 (in a meeting);duration=3600`: try after five hours; the callee is there for one.
struct RetryAfter {
  std::chrono::seconds delay{0};
  std::optional<std::chrono::seconds> duration;
};

/// Nullopt for anything else, as the dates that HTTP allows here and SIP does not.
std::optional<RetryAfter> parse_retry_after(std::string_view value);

}  // namespace telephony
