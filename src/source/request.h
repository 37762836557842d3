// A request that was let in by its head: for which source, and how its body is framed and read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "source/forwarded.h"
#include "source/head.h"
#include "source/reply.h"
#include "telephony_exporter/auth/verify.h"
#include "telephony_exporter/config/settings.h"

namespace telephony::ingest {

struct Request {
  std::shared_ptr<const Settings> settings;  ///< those in force when the head came
  const Source* source = nullptr;            ///< null until the path is known to be a source's
  BodyFormat format = BodyFormat::json;
  std::optional<std::size_t> length;  ///< absent when the body is chunked
  std::string_view idempotency_key;   ///< into the head's bytes
  std::vector<Header> headers;  ///< into the head's bytes; empty when neither catalog nor signature reads any
  std::string_view target;      ///< path and query, into the head's bytes
  const AuthSignature* signature = nullptr;  ///< what the whole request is to be verified by
  Persistence persistence = Persistence::close;
  bool without_body = false;
  bool expects_continue = false;

  RawEvent raw(std::string_view body) const { return {format, body, headers, idempotency_key}; }
};

/// What is known of a request besides its bytes.
struct Arrival {
  Peer peer;
  WallTime now;
};

/// Fills in `request` from its head, or says why it is refused before its body is read.
std::optional<Problem> admit(const Head& head, const Arrival& arrival, Request& request);

/// Says why a request whose body is there is refused: its signature is not good. Does nothing where none is
/// asked for.
std::optional<Problem> verify(const Request& request, std::string_view body, const Arrival& arrival);

}  // namespace telephony::ingest
