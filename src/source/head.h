// The head of an HTTP/1 request: its request line and its header fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/event/event.h"

namespace telephony::ingest {

/// Views into the bytes that were parsed; used again from request to request.
struct Head {
  std::size_t bytes = 0;  ///< how long the head is, blank line included
  std::string_view method;
  std::string_view target;
  bool http_1_0 = false;
  bool keep_alive = false;  ///< what the peer wants after the reply
  bool chunked = false;
  std::optional<std::uint64_t> length;  ///< Content-Length
  std::vector<Header> fields;
  std::string error;  ///< why it is malformed
};

enum class HeadStatus : std::uint8_t { incomplete, complete, malformed, too_large };

/// Parses a head that begins with the first of `bytes`. What could be framed in two ways is malformed: two
/// lengths (even equal ones), a length beside a transfer coding, any coding but "chunked", folded fields.
HeadStatus parse_head(std::string_view bytes, Head& head);

}  // namespace telephony::ingest
