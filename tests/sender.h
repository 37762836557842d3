// A sender that signs, written apart from the code that verifies.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/auth/verify.h"

namespace telephony {

inline constexpr std::int64_t kSigningTime = 1'760'000'000;  // seconds since 1970
inline constexpr const char* kPublicUrl = "https://hooks.example.com";

inline WallTime at_seconds(std::int64_t seconds) { return WallTime{std::chrono::seconds(seconds)}; }

/// By OpenSSL's own encoder.
inline std::string base64_of(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

inline std::string base64url_of(std::string_view bytes) {
  std::string text = base64_of(bytes);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text.substr(0, text.find('='));
}

inline std::string hex_of(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    text += digits;
  }
  return text;
}

inline std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

inline std::string digest_of(const EVP_MD* digest, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out, &size, digest, nullptr);
  return {reinterpret_cast<char*>(out), size};
}

inline std::string mac_of(const EVP_MD* digest, std::string_view key, std::string_view message) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(digest, key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), out, &size);
  return {reinterpret_cast<char*>(out), size};
}

/// The secret half of an Ed25519 key.
class Ed25519Signer {
 public:
  explicit Ed25519Signer(std::string_view seed)
      : key_(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                          reinterpret_cast<const unsigned char*>(seed.data()), seed.size()),
             EVP_PKEY_free) {}

  std::string public_key() const {
    unsigned char out[32];
    std::size_t size = sizeof out;
    EVP_PKEY_get_raw_public_key(key_.get(), out, &size);
    return {reinterpret_cast<char*>(out), size};
  }

  std::string sign(std::string_view message) const {
    unsigned char out[64];
    std::size_t size = sizeof out;
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key_.get());
    EVP_DigestSign(context, out, &size, reinterpret_cast<const unsigned char*>(message.data()),
                   message.size());
    EVP_MD_CTX_free(context);
    return {reinterpret_cast<char*>(out), size};
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

/// A request as a sender made it.
struct SignedDelivery {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string url;
  BodyFormat format = BodyFormat::json;
  std::string body;

  std::vector<Header> views() const {
    std::vector<Header> out;
    for (const auto& [name, value] : headers) out.push_back({name, value});
    return out;
  }
  std::string& header(std::string_view name) {
    for (auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return headers.emplace_back(name, "").second;
  }
};

/// Signs for a scheme.
class Sender {
 public:
  static constexpr const char* kKey = "a key that two share";
  static constexpr const char* kSeed = "0123456789abcdef0123456789abcdef";

  explicit Sender(std::string url, std::int64_t now = kSigningTime) : url_(std::move(url)), now_(now) {}

  /// What the receiver is configured with.
  static std::vector<Secret> keys(const SignatureScheme& scheme) {
    if (std::holds_alternative<Ed25519Scheme>(scheme)) return {{Ed25519Signer(kSeed).public_key()}};
    return {{kKey}};
  }

  SignedDelivery sign(const SignatureScheme& scheme) const {
    return std::visit([this](const auto& one) { return (*this)(one); }, scheme);
  }

  SignedDelivery operator()(const HmacScheme& hmac) const {
    SignedDelivery delivery =
        std::visit([this](const auto& content) { return (*this)(content); }, hmac.content);
    const EVP_MD* digests[] = {EVP_sha1(), EVP_sha256(), EVP_sha512()};
    const std::string mac = mac_of(digests[static_cast<int>(hmac.digest)], kKey, signed_);
    const std::string text = hmac.encoding == Encoding::hex ? hex_of(mac) : base64_of(mac);
    delivery.header(hmac.headers.front()) = hmac.prefix + text;
    return delivery;
  }

  SignedDelivery operator()(const Ed25519Scheme& ed25519) const {
    SignedDelivery delivery = json();
    const std::string time = std::to_string(now_);
    const std::string signature = Ed25519Signer(kSeed).sign(time + '|' + delivery.body);
    delivery.header(ed25519.header) =
        ed25519.encoding == Encoding::hex ? hex_of(signature) : base64_of(signature);
    delivery.header(ed25519.timestamp_header) = time;
    return delivery;
  }

  SignedDelivery operator()(const JwtScheme& jwt) const {
    SignedDelivery delivery = json();
    const std::string hash = hex_of(digest_of(EVP_sha256(), delivery.body));
    const std::string claims = R"({"iss":")" + jwt.issuer + R"(","iat":)" + std::to_string(now_) +
                               R"(,"jti":"c5ba8f24","payload_hash":")" + hash + R"("})";
    delivery.header("Authorization") = "Bearer " + token(R"({"alg":"HS256","typ":"JWT"})", claims);
    return delivery;
  }

  SignedDelivery operator()(const StandardWebhooksScheme&) const {
    SignedDelivery delivery = json();
    const std::string time = std::to_string(now_);
    delivery.header("webhook-id") = "msg_1";
    delivery.header("webhook-timestamp") = time;
    delivery.header("webhook-signature") =
        "v1," + base64_of(mac_of(EVP_sha256(), kKey, "msg_1." + time + '.' + delivery.body));
    return delivery;
  }

  static std::string token(const std::string& header, const std::string& claims,
                           std::string_view key = kKey) {
    const std::string input = base64url_of(header) + '.' + base64url_of(claims);
    return input + '.' + base64url_of(mac_of(EVP_sha256(), key, input));
  }

  SignedDelivery operator()(const SignedBody&) const {
    SignedDelivery delivery = json();
    signed_ = delivery.body;
    return delivery;
  }
  SignedDelivery operator()(const SignedTimestampAndBody& content) const {
    SignedDelivery delivery = json();
    delivery.header(content.header) = std::to_string(now_);
    signed_ = std::to_string(now_) + content.separator + delivery.body;
    return delivery;
  }
  SignedDelivery operator()(const SignedUrlAndForm&) const {
    SignedDelivery delivery = form();
    signed_ = url_ + form_text();
    return delivery;
  }
  SignedDelivery operator()(const SignedUrlFormAndNonce& content) const {
    SignedDelivery delivery = form();
    delivery.header(content.header) = "12345";
    // The query of our URLs is "foo=1&bar=2".
    signed_ = url_.substr(0, url_.find('?')) + "?bar=2&foo=1." + form_text() + ".12345";
    return delivery;
  }
  SignedDelivery operator()(const SignedField&) const {
    signed_ = kSignedField;
    return json();
  }

  /// What the last HMAC was made over.
  const std::string& signed_text() const { return signed_; }

  static constexpr const char* kSignedField = "c-1f048a84";

 private:
  SignedDelivery json() const {
    return {
        {},
        url_,
        BodyFormat::json,
        R"({"call":{"call_id":"c-1f048a84","status":"failed"},"error_message":"Telephony - 486 - Busy"})"};
  }
  SignedDelivery form() const {
    return {{}, url_, BodyFormat::form, "CallStatus=no+answer&CallSid=CA5f&From=%2B12025550123&Empty="};
  }
  static std::string form_text() { return "CallSidCA5fCallStatusno answerEmptyFrom+12025550123"; }

  std::string url_;
  std::int64_t now_;
  mutable std::string signed_;
};

}  // namespace telephony
