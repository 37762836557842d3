// One record's fields to an event, by the rules of its source.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "decode/codes.h"
#include "decode/slots.h"
#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/decode/line.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

/// What status words meant, as senders use only a few. They are known by the number of the catalog's steps,
/// so that nothing of a catalog that a reload replaced is ever found.
class KnownOutcomes {
 public:
  std::optional<Outcome> outcome(std::string_view word, const Reading& reading);

 private:
  struct Known {
    std::uint64_t steps = 0;
    std::string word;
    std::optional<Outcome> outcome;
  };
  std::array<Known, 16> known_;
  std::string normal_;
};

/// What tells an event from all others of its product: parts, the first of which is its kind. Neighbours
/// are of one kind, so that part stays for the next.
class EventIdentity {
 public:
  /// Ends behind the kind's part.
  std::string& begin(std::string_view kind);

 private:
  std::string kind_;
  std::string parts_;
  std::size_t kind_part_ = 0;  ///< bytes of it; 0: there is none yet
};

/// Buffers that an event's views may point into.
struct RuleScratch {
  EventIdentity identity;
  std::string decoded;
  std::string word;
  KnownOutcomes outcomes;
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
