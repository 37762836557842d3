// Compression of a page in one call.
#pragma once

#include <string>
#include <string_view>

namespace telephony {

/// A whole gzip member. The fastest level: a page goes over a network once and is thrown away.
std::string gzip(std::string_view text);

}  // namespace telephony
