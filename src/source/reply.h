// What goes back to a provider: receipts, and RFC 9457 problems.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "telephony_exporter/event/event.h"

namespace telephony::ingest {

/// Why a request is refused.
struct Problem {
  int status = 0;
  std::string detail;
  std::optional<RejectCause> cause;  ///< set when it counts as a reject of its source
  std::string_view challenge = {};   ///< with 401: how to prove oneself (RFC 9110 section 11.6.1)
};

/// What becomes of the connection after a reply, and how its peer must be told.
enum class Persistence : std::uint8_t { implied, keep_alive, close };

struct ReplyForm {
  Persistence persistence = Persistence::close;
  bool without_body = false;  ///< the reply to HEAD
};

inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// Both append a whole reply.
void append_problem(std::string& out, const Problem& problem, ReplyForm form);
/// Returns the status: 200, 400 when nothing was believed, 503 when nothing could be committed.
int append_receipt(std::string& out, const Receipt& receipt, ReplyForm form);

}  // namespace telephony::ingest
