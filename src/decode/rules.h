// One record's fields to an event, by the rules of its source.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "decode/codes.h"
#include "decode/slots.h"
#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/decode/line.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

/// Buffers that an event's views may point into.
struct RuleScratch {
  std::string identity;
  std::string decoded;
  std::string word;
  KeptReasons reasons;
  std::vector<CallMeasures> legs;
};

/// The rule that reads a record with these fields, or null.
const EventRule* find_rule(const Source& source, const Slots& slots);

/// What the rule makes of the record: an Event, or a Reject with cause bad_code.
Record apply_rule(const EventRule& rule, const Source& source, Slots& slots, RuleScratch& scratch);

/// Gives the event the error that its line says.
void add_match(const LineMatch& match, const Source& source, RuleScratch& scratch, Event& event);

/// The event that a log line says; of one that says "no error" only the kind and the id are left.
Record line_event(const LineMatch& match, const Source& source, RuleScratch& scratch);

}  // namespace telephony
