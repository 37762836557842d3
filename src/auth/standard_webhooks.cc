#include "auth/credentials.h"
#include "auth/digest.h"
#include "auth/schemes.h"
#include "telephony_exporter/config/text_encoding.h"

namespace telephony::auth {

namespace {

constexpr std::string_view kVersion = "v1,";  // HMAC-SHA256; v1a is Ed25519

bool holds(std::string_view list, std::string_view ours) {
  bool found = false;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    found |= equal(list.substr(0, end), ours);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return found;
}

}  // namespace

bool verify(const StandardWebhooksScheme& scheme, Keys keys, const SignedRequest& request) {
  const auto id = only_header(request.headers, kWebhookId);
  const auto timestamp = fresh_timestamp(request.headers, kWebhookTimestamp, scheme.tolerance, request.now);
  const auto list = only_header(request.headers, kWebhookSignature);
  if (!id || !timestamp || !list) return false;
  bool valid = false;
  for (const Secret& key : keys) {
    const std::string mac = hmac(Digest::sha256, key.value, {*id, ".", *timestamp, ".", request.body});
    valid |= holds(*list, mac.empty() ? mac : std::string(kVersion) + to_base64(mac));
  }
  return valid;
}

}  // namespace telephony::auth
