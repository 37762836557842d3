// Replies to requests, as bytes: cpp-httplib's HTTP without its sockets and threads.
#pragma once

#include <httplib.h>

#include <string>

#include "expose/request_head.h"
#include "expose/routes.h"
#include "telephony_exporter/log/log.h"

namespace telephony {

struct Reply {
  int status = 500;
  bool close = true;  ///< the connection ends with this reply
  std::string bytes;
};

Reply refuse(const Refusal& refusal);

/// Thread-safe.
class Responder : private httplib::Server {
 public:
  Responder(Routes& routes, Log& log);

  /// Never throws. With `close` the reply says that it is the last one on its connection.
  Reply reply(const RequestHead& head, bool close);

 private:
  Log& log_;
};

}  // namespace telephony
