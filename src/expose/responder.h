// Replies to requests, as bytes: cpp-httplib's HTTP without its sockets and threads.
#pragma once

#include <string>

#include "expose/request_head.h"
#include "expose/routes.h"
#include "expose/telemetry_page.h"
#include "telephony_exporter/log/log.h"

namespace telephony {

struct Reply {
  int status = 500;
  bool close = true;  ///< the connection ends with this reply
  std::string bytes;  ///< the head, and the body unless that is shared
  SharedText page;    ///< the rest of the body, or null
};

Reply refuse(const Refusal& refusal);

/// Thread-safe.
class Responder {
 public:
  Responder(Routes& routes, Log& log) : routes_(routes), log_(log) {}

  /// Never throws. With `close` the reply says that it is the last one on its connection.
  Reply reply(const RequestHead& head, bool close);

 private:
  Routes& routes_;
  Log& log_;
};

}  // namespace telephony
