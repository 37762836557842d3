// What a syslog message says, without its header: RFC 5424, RFC 3164, and what devices make of them.
#pragma once

#include <string_view>

namespace telephony::syslog {

/// A view into `message`. A header that is none is text: nothing that may be part of what is said is dropped.
std::string_view text_of(std::string_view message);

}  // namespace telephony::syslog
