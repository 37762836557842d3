// What a record's fields tell of a call besides how it ended.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decode/slots.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

/// Tells the event, whose session is known already, where its call stands, if the record tells. `word` is a
/// buffer.
void read_call(const EventRule& rule, const Slots& slots, std::string& word, Event& event);

/// Puts the measures of the legs that have any into `legs`, and what cannot be into `absurd`.
void read_legs(const EventRule& rule, const Slots& slots, std::vector<CallMeasures>& legs,
               CallFields& absurd);

/// When the event occurred, by the sender's clock.
std::optional<WallTime> read_occurred(const EventRule& rule, const Slots& slots, CallFields& absurd);

}  // namespace telephony
