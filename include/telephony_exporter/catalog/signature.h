// How a provider signs what it delivers: which header, which encoding, over what. Data; room auth acts on it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "telephony_exporter/yaml/node.h"

namespace telephony {

enum class Digest : std::uint8_t { sha1, sha256, sha512 };
enum class Encoding : std::uint8_t { hex, base64 };  ///< hex is lower case
inline constexpr std::array<std::string_view, 3> kDigestNames = {"sha1", "sha256", "sha512"};
inline constexpr std::array<std::string_view, 2> kEncodingNames = {"hex", "base64"};

/// How far a timestamp may be from now, before or after; what Standard Webhooks 1.0.0 recommends.
inline constexpr std::chrono::seconds kTolerance{300};

/// A JSON pointer, or the name of a form's field behind a slash.
struct FieldPath {
  std::string pointer;
  std::vector<std::string> segments;  ///< lower case
};

// What an HMAC is computed over.
struct SignedBody {};
struct SignedTimestampAndBody {
  std::string header;  ///< seconds since 1970
  std::string separator = ".";
  std::chrono::seconds tolerance = kTolerance;
};
struct SignedUrlAndForm {};
struct SignedUrlFormAndNonce {
  std::string header;
};
struct SignedField {
  std::vector<FieldPath> alternatives;  ///< the first that is there
};
using SignedContent =
    std::variant<SignedBody, SignedTimestampAndBody, SignedUrlAndForm, SignedUrlFormAndNonce, SignedField>;

struct HmacScheme {
  Digest digest = Digest::sha256;
  Encoding encoding = Encoding::hex;
  std::vector<std::string> headers;  ///< alternatives; the first that is there
  std::string prefix;                ///< before the signature
  bool list = false;                 ///< several signatures with commas between
  SignedContent content;
};

/// Over timestamp, "|" and body (RFC 8032).
struct Ed25519Scheme {
  std::string header;
  std::string timestamp_header;  ///< seconds since 1970
  Encoding encoding = Encoding::base64;
  std::chrono::seconds tolerance = kTolerance;
};

/// A JWT (RFC 7519) signed with HS256 in the Authorization header, whose payload_hash covers the body.
struct JwtScheme {
  std::string issuer;  ///< empty: any
  std::chrono::seconds tolerance = kTolerance;
};

/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
struct StandardWebhooksScheme {
  std::chrono::seconds tolerance = kTolerance;
};

using SignatureScheme = std::variant<HmacScheme, Ed25519Scheme, JwtScheme, StandardWebhooksScheme>;
/// By position in the variant.
inline constexpr std::array<std::string_view, 4> kSignatureSchemeNames = {"hmac", "ed25519", "jwt_hs256",
                                                                          "standard_webhooks"};

/// What a configuration can call by name.
struct SignaturePreset {
  std::string name;
  SignatureScheme scheme;
};

/// The settings of the scheme called `name`; keys in `more` are left to the caller. Throws ConfigError.
SignatureScheme load_signature_scheme(const Node& node, std::string_view name,
                                      std::span<const std::string_view> more = {});

/// A token of RFC 9110 section 5.6.2; another name no request can carry. Throws ConfigError.
std::string load_header_name(const Node& node);

}  // namespace telephony
