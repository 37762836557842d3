// How a provider's events are read: which fields, which kinds of event, which line patterns. Data, no action.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/catalog/call_reading.h"
#include "telephony_exporter/catalog/code_pattern.h"
#include "telephony_exporter/catalog/field_steps.h"
#include "telephony_exporter/catalog/line_reading.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

/// The locations of a catalog as one tree. Keys are lower case; "*" is any.
struct FieldTree {
  std::string key;
  std::optional<Slot> slot;
  std::vector<FieldTree> children;

  /// The child for a key of the record, compared without regard to ASCII case.
  const FieldTree* child(std::string_view record_key) const;
};

/// Where a value stands and how it is to be understood.
struct Field {
  enum class As : std::uint8_t { value, line, reason };
  Slot slot = 0;
  As as = As::value;
  std::string after;      ///< the value is what follows this, or is not there
  std::string before;     ///< ...and ends before the last of these
  std::string numbering;  ///< whose codes stand there; empty: the space's own
  bool listed = false;    ///< an account only if the configuration's list has it
};

/// One kind of event: how to know it and where its parts stand. Alternatives: the first that is there wins.
struct EventRule {
  std::string kind;
  std::vector<std::string> products;  ///< empty: every product of the provider
  std::vector<Slot> when;             ///< any of these fields is there...
  std::vector<std::string> equals;    ///< ...and, unless empty, says one of these
  std::vector<Slot> status;
  std::vector<Field> code;
  std::vector<Slot> text;
  std::vector<Field> account;
  std::vector<Slot> id;
  std::vector<Slot> id_with;
  std::vector<Slot> retry_after;  ///< SIP Retry-After
  bool percent_encoded = false;   ///< values are URL-encoded
  std::string warning;
  std::optional<CallRule> call;
  std::vector<LegRule> legs;
  std::vector<TimeField> occurred;
};

/// A status word's meaning: an outcome, or nothing while the session goes on.
struct Status {
  std::string normal_text;
  std::optional<CodePattern> pattern;  ///< of codes that stand where a status word is expected
  std::optional<Outcome> outcome;
};

struct Reading {
  FieldTree fields;
  FieldSteps steps;                                   ///< the same, to be walked
  std::vector<std::pair<std::string, Slot>> headers;  ///< request headers that are read as fields
  std::vector<std::string> records;                   ///< JSON pointers of arrays of events
  std::vector<EventRule> events;
  std::vector<Layout> layouts;
  std::vector<LinePattern> lines;
  std::vector<Needle> needles;                   ///< every sign of a layout or line holds one of them
  bool any_line = false;                         ///< a layout has no signs
  std::vector<ReasonProtocol> reason_protocols;  ///< the best first
  std::vector<Status> statuses;
  std::vector<std::string> no_error;  ///< code values that mean "no error"
  std::size_t slots = 0;
};

}  // namespace telephony
