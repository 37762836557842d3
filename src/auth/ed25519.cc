#include "auth/credentials.h"
#include "auth/digest.h"
#include "auth/schemes.h"
#include "telephony_exporter/config/text_encoding.h"

namespace telephony::auth {

bool verify(const Ed25519Scheme& scheme, Keys keys, const SignedRequest& request) {
  const auto sent = only_header(request.headers, scheme.header);
  const auto timestamp =
      fresh_timestamp(request.headers, scheme.timestamp_header, scheme.tolerance, request.now);
  if (!sent || !timestamp) return false;
  const auto signature = scheme.encoding == Encoding::hex ? from_hex(*sent) : from_base64(*sent);
  if (!signature) return false;
  std::string message(*timestamp);
  message.append("|").append(request.body);
  bool valid = false;
  for (const Secret& key : keys) valid |= ed25519_verify(key.value, message, *signature);
  return valid;
}

}  // namespace telephony::auth
