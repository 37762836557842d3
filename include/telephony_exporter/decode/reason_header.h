// The SIP Reason header (RFC 3326 section 2): reason-value *(COMMA reason-value).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telephony {

/// `SIP;cause=486;text="Busy, here"`: protocol SIP, cause 486, text `Busy, here` (unescaped).
struct ReasonValue {
  std::string protocol;
  std::string cause;  ///< empty when there is none
  std::string text;   ///< empty when there is none
};

/// Tokenized with quotes, escapes and optional white space respected; what is no reason-value is left out.
std::vector<ReasonValue> parse_reason(std::string_view header);

}  // namespace telephony
