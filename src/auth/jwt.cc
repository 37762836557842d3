// JSON Web Tokens (RFC 7519, RFC 7515) with HS256, and no other algorithm whatever their header says.
#include <simdjson.h>

#include "auth/credentials.h"
#include "auth/digest.h"
#include "auth/schemes.h"
#include "telephony_exporter/config/text_encoding.h"

namespace telephony::auth {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

/// header "." claims "." signature
struct Token {
  std::string_view header;
  std::string_view claims;
  std::string_view input;  ///< what is signed
  std::string_view signature;
};

std::optional<Token> split(std::string_view text) {
  const std::size_t first = text.find('.');
  const std::size_t second = text.find('.', first + 1);
  if (first == text.npos || second == text.npos) return std::nullopt;
  return Token{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(0, second),
               text.substr(second + 1)};
}

/// A JSON object in base64url, and the parser that holds it.
class Part {
 public:
  explicit Part(std::string_view encoded) {
    const auto json = from_base64url(encoded);
    good_ = json && parser_.parse(*json).get(object_) == simdjson::SUCCESS;
  }

  explicit operator bool() const { return good_; }
  bool has(std::string_view name) const { return object_[name].error() == simdjson::SUCCESS; }
  std::string_view text(std::string_view name) const {
    std::string_view value;
    return object_[name].get(value) == simdjson::SUCCESS ? value : std::string_view{};
  }
  std::optional<double> number(std::string_view name) const {
    double value = 0;
    return object_[name].get(value) == simdjson::SUCCESS ? std::optional(value) : std::nullopt;
  }

 private:
  simdjson::dom::parser parser_;
  object object_;
  bool good_ = false;
};

/// A time that is there must be a number, and pass.
template <typename Check>
bool passes(const Part& claims, std::string_view name, Check check) {
  if (!claims.has(name)) return true;
  const auto seconds = claims.number(name);
  return seconds && check(*seconds);
}

bool is_now(const Part& claims, std::chrono::seconds tolerance, WallTime now) {
  const double seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
  const auto leeway = static_cast<double>(tolerance.count());
  const auto issued = claims.number("iat");
  return issued && is_fresh(*issued, tolerance, now) &&
         passes(claims, "exp", [&](double expires) { return seconds < expires + leeway; }) &&
         passes(claims, "nbf", [&](double begins) { return seconds >= begins - leeway; });
}

}  // namespace

bool verify(const JwtScheme& scheme, Keys keys, const SignedRequest& request) {
  const auto sent = credentials(request.headers, "Bearer");
  const auto token = sent ? split(*sent) : std::nullopt;
  if (!token) return false;
  bool valid = false;
  for (const Secret& key : keys) {
    valid |= equal(token->signature, to_base64url(hmac(Digest::sha256, key.value, {token->input})));
  }
  if (!valid) return false;
  // From here on the token is the sender's own, and can be read.
  const Part header(token->header);
  const Part claims(token->claims);
  return header && claims && header.text("alg") == "HS256" && !header.has("crit") &&
         (scheme.issuer.empty() || claims.text("iss") == scheme.issuer) &&
         is_now(claims, scheme.tolerance, request.now) &&
         equal(claims.text("payload_hash"), sha256_hex(request.body));
}

}  // namespace telephony::auth
