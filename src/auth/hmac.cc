#include "auth/credentials.h"
#include "auth/digest.h"
#include "auth/schemes.h"
#include "auth/signed_content.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/config/text_encoding.h"

namespace telephony::auth {
namespace {

/// Ours is encoded and compared as text, so that what a stranger sent is never decoded.
bool holds(std::string_view sent, std::string_view ours, bool list) {
  if (!list) return equal(sent, ours);
  bool found = false;
  while (!sent.empty()) {
    const std::size_t end = std::min(sent.find(','), sent.size());
    found |= equal(trimmed(sent.substr(0, end)), ours);
    sent.remove_prefix(std::min(end + 1, sent.size()));
  }
  return found;
}

/// As it stands in the header; empty, which nothing equals, when there is no key.
std::string signature(const HmacScheme& scheme, const Secret& key, const ContentBytes& content) {
  const std::string mac = hmac(scheme.digest, key.value, {content.own, content.body});
  if (mac.empty()) return {};
  return scheme.prefix + (scheme.encoding == Encoding::hex ? to_hex(mac) : to_base64(mac));
}

}  // namespace

bool verify(const HmacScheme& scheme, Keys keys, const SignedRequest& request) {
  const auto sent = only_header(request.headers, scheme.headers);
  if (!sent) return false;
  bool valid = false;
  for (const ContentBytes& content : signed_content(scheme.content, request)) {
    for (const Secret& key : keys) valid |= holds(*sent, signature(scheme, key, content), scheme.list);
  }
  return valid;
}

}  // namespace telephony::auth
