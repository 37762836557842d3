// The metrics page in the Prometheus text format 0.0.4.
#pragma once

#include <prometheus/collectable.h>

#include <span>
#include <string>

namespace telephony {

inline constexpr const char* kTextFormat = "text/plain; version=0.0.4; charset=utf-8";

/// All families, sorted by name, their samples by labels; HELP is escaped.
std::string exposition(std::span<const prometheus::Collectable* const> sources);

}  // namespace telephony
