// What strangers send to prove who they are. The first byte picks the scheme, a to k; the second the format
// of the body; then come the values of the scheme's headers and the URL, a line each, and the body. Nothing
// is accepted but what one sender signed once.
#include <cstdio>
#include <cstdlib>

#include "../sender.h"
#include "auth/credentials.h"
#include "auth/signed_content.h"

namespace telephony {
namespace {

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// A scheme, and the one request that its sender made.
struct Case {
  Auth auth;
  SignedDelivery good;
  std::string content;  ///< what is signed by HMAC, if it is not the body
};

Case signed_case(SignatureScheme scheme) {
  const Sender sender(std::string(kPublicUrl) + "/hook?foo=1&bar=2");
  SignedDelivery good = sender.sign(scheme);
  return {AuthSignature{"", scheme, Sender::keys(scheme)}, std::move(good), sender.signed_text()};
}

Case hmac_case(Digest digest, Encoding encoding, SignedContent content) {
  HmacScheme scheme{digest, encoding, {"X-Signature"}, "", false, std::move(content)};
  if (encoding == Encoding::hex) scheme.prefix = "sha256=";
  scheme.list = encoding == Encoding::hex;
  return signed_case(std::move(scheme));
}

std::vector<Case> make_cases() {
  const auto with = [](const char* name, const char* value) {
    return SignedDelivery{{{name, value}}, kPublicUrl, BodyFormat::json, "{}"};
  };
  std::vector<Case> cases;
  cases.push_back({AuthHeader{"X-Token", {{"first"}, {"second"}}}, with("X-Token", "second"), ""});
  cases.push_back({AuthBasic{"u", {{"dTpw"}}}, with("Authorization", "Basic dTpw"), ""});
  cases.push_back({AuthBearer{{{"t0ken"}}}, with("Authorization", "Bearer t0ken"), ""});
  cases.push_back(hmac_case(Digest::sha256, Encoding::hex, SignedBody{}));
  cases.push_back(hmac_case(Digest::sha512, Encoding::base64, SignedTimestampAndBody{"X-Time"}));
  cases.push_back(hmac_case(Digest::sha1, Encoding::base64, SignedUrlAndForm{}));
  cases.push_back(hmac_case(Digest::sha256, Encoding::base64, SignedUrlFormAndNonce{"X-Nonce"}));
  cases.push_back(
      hmac_case(Digest::sha256, Encoding::base64,
                SignedField{{{"/call/call_id", {"call", "call_id"}}, {"/call_id", {"call_id"}}}}));
  cases.push_back(signed_case(Ed25519Scheme{"X-Signature", "X-Time"}));
  cases.push_back(signed_case(JwtScheme{"acme"}));
  cases.push_back(signed_case(StandardWebhooksScheme{}));
  return cases;
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = make_cases();
  return all;
}

/// The input as a request to the scheme of `good`.
SignedDelivery delivery_of(std::string_view input, const SignedDelivery& good) {
  SignedDelivery delivery = good;
  delivery.format = static_cast<BodyFormat>(input.empty() ? 0 : static_cast<unsigned char>(input[0]) % 4);
  input.remove_prefix(std::min<std::size_t>(1, input.size()));
  const auto line = [&] {
    const std::size_t end = std::min(input.find('\n'), input.size());
    std::string text(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
    return text;
  };
  for (auto& [name, value] : delivery.headers) value = line();
  delivery.url = line();
  delivery.body = input;
  return delivery;
}

bool is_signed(const AuthSignature& auth, const Case& known, const SignedRequest& request,
               const SignedDelivery& delivery) {
  for (std::size_t i = 0; i < delivery.headers.size(); ++i) {
    const std::string& good = known.good.headers[i].second;
    const std::string signature = good.substr(good.starts_with("Bearer ") ? 7 : 0);
    if (delivery.headers[i].second.find(signature) == std::string::npos) return false;
  }
  const auto* hmac = std::get_if<HmacScheme>(&auth.scheme);
  if (hmac == nullptr) return delivery.body == known.good.body;
  for (const auth::ContentBytes& content : auth::signed_content(hmac->content, request)) {
    if (content.own + std::string(content.body) == known.content) return true;
  }
  return false;
}

void check(const Case& known, const SignedDelivery& delivery) {
  const std::vector<Header> headers = delivery.views();
  const WallTime now = at_seconds(kSigningTime);
  const bool head = verify_head(known.auth, headers, now) == Verdict::accepted;
  const AuthSignature* signature = std::get_if<AuthSignature>(&known.auth);
  if (signature == nullptr) {
    const std::string& good = known.good.headers[0].second;
    const std::size_t secret = good.find(' ') + 1;
    const bool is_good = delivery.headers[0].second.ends_with(std::string_view(good).substr(secret)) ||
                         delivery.headers[0].second == "first";
    require(!head || is_good, "only a secret is accepted");
    return;
  }
  const SignedRequest request{headers, delivery.url, delivery.format, delivery.body, now};
  if (verify_signature(*signature, request) != Verdict::accepted) return;
  require(head, "the head never refuses what is signed");
  require(is_signed(*signature, known, request, delivery), "only what was signed is accepted");
}

}  // namespace
}  // namespace telephony

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  using namespace telephony;
  for (const Case& known : cases()) {
    const std::vector<Header> headers = known.good.views();
    const WallTime now = at_seconds(kSigningTime);
    require(verify_head(known.auth, headers, now) == Verdict::accepted, "what was signed is accepted");
    const AuthSignature* signature = std::get_if<AuthSignature>(&known.auth);
    if (signature == nullptr) continue;
    const SignedRequest request{headers, known.good.url, known.good.format, known.good.body, now};
    require(verify_signature(*signature, request) == Verdict::accepted, "what was signed is accepted");
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace telephony;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  const auto picked = static_cast<unsigned char>(input[0] - 'a');
  const Case& known = cases()[picked % cases().size()];
  check(known, delivery_of(input.substr(1), known.good));
  return 0;
}
