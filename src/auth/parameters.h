// The parameters of forms and queries (application/x-www-form-urlencoded), as signatures take them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telephony::auth {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// Decoded, blank values kept, in the order of names and then of values, by bytes. A "%" that no two hex
/// digits follow stands for itself.
Parameters sorted_parameters(std::string_view text);

/// What follows the first "?" of a URL.
std::string_view query_of(std::string_view url);

}  // namespace telephony::auth
