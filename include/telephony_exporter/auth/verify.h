// Who may deliver: a request against the secrets of its source. What a signature covers is taken as it came;
// nothing is decoded before it is known to be authentic, but for a field or a form that is signed itself.
#pragma once

#include <span>
#include <string_view>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/event.h"
#include "telephony_exporter/event/posting.h"

namespace telephony {

enum class Verdict : std::uint8_t { accepted, unauthenticated };

/// What a sender may have signed. Views stay valid during the call.
struct SignedRequest {
  std::span<const Header> headers;
  std::string_view url;  ///< scheme://host[:port]/path?query, as the sender wrote it
  BodyFormat format = BodyFormat::json;
  std::string_view body;  ///< as received
  WallTime now;
};

/// The signature of the whole request that is to be verified once its body is there, or null.
const AuthSignature* signature_of(const std::optional<Auth>& auth);

/// What the head alone can tell: all but a signature, of which it tells whether it is there once and not
/// stale. Compares in constant time, with every secret. A header that is sent twice is refused.
Verdict verify_head(const std::optional<Auth>& auth, std::span<const Header> headers, WallTime now);

/// The signature, in the same way. Allocates; never throws on what the sender wrote.
Verdict verify_signature(const AuthSignature& auth, const SignedRequest& request);

}  // namespace telephony
