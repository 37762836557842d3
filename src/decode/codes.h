// The error that a record's fields name.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "decode/slots.h"
#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/decode/line.h"
#include "telephony_exporter/decode/reason_header.h"

namespace telephony {

/// An error as one field names it.
struct Found {
  std::string_view code;
  std::string_view text;
  std::string_view numbering;

  bool empty() const { return code.empty() && text.empty(); }
};

/// Of the best code so far, and of the next that may be better; what is found may point into them.
using KeptReasons = std::array<ReasonValue, 2>;

/// What of a value lies between what the catalog says stands around it.
inline std::string_view cut(std::string_view value, const Field& field) {
  if (!value.starts_with(field.after)) return {};
  value.remove_prefix(field.after.size());
  if (!field.before.empty()) value = value.substr(0, value.rfind(field.before));
  return value;
}

/// What a line says, unless it says "no error".
Found read_match(const LineMatch& match, const Reading& reading, ReasonValue& kept);

/// The code of the best numbering, and of several the one in the first field: what is derived from another
/// code, as a Q.850 cause from a SIP response, is of a numbering that stands behind. False when a field holds
/// something that can be no code.
bool find_code(const EventRule& rule, const Source& source, const Slots& slots, KeptReasons& kept,
               Found& best);

}  // namespace telephony
