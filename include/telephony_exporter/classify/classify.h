// What an event means by the catalog. Never fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "telephony_exporter/catalog/code_space.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

struct Classification {
  std::uint32_t entry = 0;  ///< position in the space's entries
  bool unlisted = false;    ///< the code, or the text of a code with several meanings, is in no entry
};

/// What an event's code or text means, be it an error or not; nullopt when it has neither.
std::optional<Classification> look_up(const Event& event, const CodeSpace& space, std::string& scratch);

/// Nullopt when the event names no error: neither code nor text, a code that is none (SIP 200), or an unknown
/// text of a session that did not fail. `scratch` is used again from call to call.
std::optional<Classification> classify(const Event& event, const CodeSpace& space, std::string& scratch);

}  // namespace telephony
