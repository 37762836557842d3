#include "telephony_exporter/auth/verify.h"

#include "auth/credentials.h"
#include "auth/schemes.h"

namespace telephony {
namespace {

/// The head of a request against each way of proving oneself.
class HeadVerifier {
 public:
  HeadVerifier(std::span<const Header> headers, WallTime now) : headers_(headers), now_(now) {}

  bool operator()(const AuthNone&) const { return true; }
  bool operator()(const AuthHeader& header) const {
    const auto sent = auth::only_header(headers_, header.name);
    return sent && auth::is_one_of(*sent, header.secrets);
  }
  bool operator()(const AuthBasic& basic) const {
    const auto sent = auth::credentials(headers_, "Basic");
    return sent && auth::is_one_of(*sent, basic.secrets);
  }
  bool operator()(const AuthBearer& bearer) const {
    const auto sent = auth::credentials(headers_, "Bearer");
    return sent && auth::is_one_of(*sent, bearer.secrets);
  }
  bool operator()(const AuthSignature& signature) const {
    return std::visit([this](const auto& scheme) { return is_there(scheme); }, signature.scheme);
  }

 private:
  bool is_fresh(std::string_view header, std::chrono::seconds tolerance) const {
    return auth::fresh_timestamp(headers_, header, tolerance, now_).has_value();
  }
  bool is_there(const HmacScheme& hmac) const {
    if (!auth::only_header(headers_, hmac.headers)) return false;
    const auto* timestamp = std::get_if<SignedTimestampAndBody>(&hmac.content);
    const auto* nonce = std::get_if<SignedUrlFormAndNonce>(&hmac.content);
    if (nonce != nullptr) return auth::only_header(headers_, nonce->header).has_value();
    return timestamp == nullptr || is_fresh(timestamp->header, timestamp->tolerance);
  }
  bool is_there(const Ed25519Scheme& ed25519) const {
    return auth::only_header(headers_, ed25519.header) &&
           is_fresh(ed25519.timestamp_header, ed25519.tolerance);
  }
  bool is_there(const JwtScheme&) const { return auth::credentials(headers_, "Bearer").has_value(); }
  bool is_there(const StandardWebhooksScheme& webhooks) const {
    return auth::only_header(headers_, auth::kWebhookId) &&
           auth::only_header(headers_, auth::kWebhookSignature) &&
           is_fresh(auth::kWebhookTimestamp, webhooks.tolerance);
  }

  std::span<const Header> headers_;
  WallTime now_;
};

Verdict verdict(bool accepted) { return accepted ? Verdict::accepted : Verdict::unauthenticated; }

}  // namespace

const AuthSignature* signature_of(const std::optional<Auth>& auth) {
  return auth ? std::get_if<AuthSignature>(&*auth) : nullptr;
}

Verdict verify_head(const std::optional<Auth>& auth, std::span<const Header> headers, WallTime now) {
  return verdict(!auth || std::visit(HeadVerifier(headers, now), *auth));
}

Verdict verify_signature(const AuthSignature& auth, const SignedRequest& request) {
  return verdict(std::visit([&](const auto& scheme) { return auth::verify(scheme, auth.secrets, request); },
                            auth.scheme));
}

}  // namespace telephony
