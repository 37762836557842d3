// The head of an HTTP request: read strictly, and reduced to what a reply may depend on.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "telephony_exporter/expose/exposition.h"

namespace telephony {

struct RequestHead {
  std::string method;
  std::string target;
  std::size_t body_bytes = 0;
  bool keep_alive = true;
  bool gzip = false;  ///< the reply may be compressed, and the client would not rather have it plain
  PageFormat page = PageFormat::text;  ///< as which it would read a telemetry page
  std::chrono::steady_clock::time_point arrived;
};

/// Why a request gets no further, and the status that says so.
struct Refusal {
  int status = 400;
  std::string_view detail;
};

/// Reads a whole head, its empty line included. Bodies are for nobody here, so only small plain ones pass.
std::variant<RequestHead, Refusal> parse_head(std::string_view head);

}  // namespace telephony
