// Errors as RFC 9457 problem JSON.
#pragma once

#include <string>
#include <string_view>

namespace telephony {

inline constexpr const char* kProblemType = "application/problem+json";

std::string_view reason_phrase(int status);

/// `detail` is our own words, never a request's.
std::string problem_json(int status, std::string_view detail);

}  // namespace telephony
