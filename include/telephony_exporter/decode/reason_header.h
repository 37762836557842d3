// The SIP Reason header (RFC 3326 section 2): reason-value *(COMMA reason-value).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/catalog/line_reading.h"

namespace telephony {

/// `SIP;cause=486;text="Busy, here"`: protocol SIP, cause 486, text `Busy, here` (unescaped).
struct ReasonValue {
  std::string protocol;
  std::string cause;  ///< empty when there is none
  std::string text;   ///< empty when there is none
};

/// Tokenized with quotes, escapes and optional white space respected; what is no reason-value is left out.
std::vector<ReasonValue> parse_reason(std::string_view header);

/// The protocol of the list that a value speaks, or null. An empty list is "any, then SIP"; Q.850, whose
/// causes are a list of their own, must be named.
const ReasonProtocol* protocol_of(const ReasonValue& value, std::span<const ReasonProtocol> protocols);

/// The value with a cause whose protocol stands first in the list.
struct ChosenReason {
  ReasonValue value;
  std::string_view numbering;
};
std::optional<ChosenReason> choose_reason(std::string_view header, std::span<const ReasonProtocol> protocols);

}  // namespace telephony
