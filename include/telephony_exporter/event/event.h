// The nouns of the river: what comes in, what it turns out to be, and what becomes of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "telephony_exporter/event/call.h"
#include "telephony_exporter/event/posting.h"

namespace telephony {

/// How the bytes of a RawEvent are to be split and read.
enum class BodyFormat : std::uint8_t { json, ndjson, form, text, csv };

/// Why something was refused; a closed set, and the `cause` label.
enum class RejectCause : std::uint8_t {
  malformed,
  too_large,
  too_long,
  too_deep,
  unsupported_type,
  unauthenticated,
  not_allowed,
  bad_code,
  unavailable,
  timeout,
};
inline constexpr std::size_t kRejectCauses = 10;
std::string_view name(RejectCause cause);

/// How a session ended; a closed set, and the `outcome` label.
enum class Outcome : std::uint8_t { completed, no_answer, busy, canceled, failed, error, other };
inline constexpr std::size_t kOutcomes = 7;
std::string_view name(Outcome outcome);

/// One header of a request, as sent.
struct Header {
  std::string_view name;
  std::string_view value;
};

/// The value of the first header called `name` (in any case), or an empty view.
std::string_view find_header(std::span<const Header> headers, std::string_view name);

/// One request body, or one piece of a file that ends at a line end. Views stay valid during the call.
struct RawEvent {
  BodyFormat format = BodyFormat::json;
  std::string_view body;
  std::span<const Header> headers = {};
  std::string_view idempotency_key = {};
  std::span<const FilePosition> positions = {};  ///< to be committed with it
  /// The first line of the file that a csv body was taken out of; empty when the body begins with it.
  std::string_view csv_header = {};
};

/// One event as its provider meant it. Views stay valid until the next record is read.
struct Event {
  std::string_view kind;           ///< which rule of the catalog read it
  std::string_view code;           ///< verbatim; empty when the event names none
  std::string_view numbering;      ///< whose code it is, where a provider's space holds those of several
  std::string_view text;           ///< the provider's words for the error; may be empty
  std::string_view account;        ///< as told, or as the configuration names it; may be empty
  std::string_view session_id;     ///< for exemplars, as told; empty unless the source wants them
  std::string_view identity;       ///< what tells a redelivery; empty when the event has no id
  std::string_view warning;        ///< what the operator should know when such an event arrives
  std::optional<Outcome> session;  ///< set when the event ends a session
  std::optional<std::chrono::seconds> retry_after;  ///< how long the sender asks to wait
  std::optional<CallReport> call;                   ///< set when the event says where a call stands
  std::span<const CallMeasures> legs;               ///< of the call or session that ended
  std::optional<WallTime> occurred;                 ///< by the sender's clock
  CallFields absurd;                                ///< what of these was told and cannot be
  std::uint64_t alike = 0;  ///< of those with the same number all else is the same; 0: nobody knows
};

/// Well-formed records, one after the other, in which there is nothing to count.
struct Ignored {
  std::size_t records = 1;
};

/// A record that could not be believed.
struct Reject {
  RejectCause cause = RejectCause::malformed;
  std::size_t record = 0;  ///< 0-based position of the record in its body
  std::string detail;      ///< what is wrong and where; says nothing of the record's content
};

/// What one record turned out to be.
using Record = std::variant<Event, Ignored, Reject>;

/// What became of a body: received = counted + duplicate + ignored + rejected.
struct Receipt {
  std::uint64_t received = 0;
  std::uint64_t counted = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t ignored = 0;
  std::uint64_t rejected = 0;
  bool unavailable = false;     ///< the journal could not commit: nothing was counted, try again later
  std::vector<Reject> rejects;  ///< the first limits::kReportedRejects of them
};

}  // namespace telephony
