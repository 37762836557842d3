// For every scheme that there is a request that is good, and what its receiver makes of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sender.h"

namespace telephony {

inline Verdict verdict(const AuthSignature& auth, const SignedDelivery& delivery,
                       WallTime now = at_seconds(kSigningTime)) {
  const std::vector<Header> headers = delivery.views();
  const Verdict whole = verify_signature(auth, {headers, delivery.url, delivery.format, delivery.body, now});
  // The head may refuse early, but never what the whole request proves.
  if (verify_head(auth, headers, now) == Verdict::unauthenticated) {
    EXPECT_EQ(whole, Verdict::unauthenticated);
  }
  return whole;
}

/// A scheme under a name that can be part of a path.
struct NamedScheme {
  std::string name;
  SignatureScheme scheme;
};

/// The names of all schemes below: tests are listed by them, which must not cost reading every catalog.
inline std::vector<std::string> scheme_names() {
  return {"plivo_v3",       "signalwire",  "synthflow",        "telnyx",
          "twilio",         "vonage",      "hmac_body_sha512", "hmac_body_prefix",
          "hmac_timestamp", "ed25519_hex", "standard_webhooks"};
}

/// The presets of all shipped catalogs, then schemes that no preset has.
inline std::vector<NamedScheme> read_schemes() {
  std::vector<NamedScheme> schemes;
  for (const auto& file : std::filesystem::directory_iterator(SOURCE_DIRECTORY "/config/providers")) {
    const auto catalog = CatalogFiles().load(file.path().string());
    for (const SignaturePreset& preset : catalog->signatures) {
      schemes.push_back({preset.name, preset.scheme});
    }
  }
  std::sort(schemes.begin(), schemes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  schemes.push_back({"hmac_body_sha512",
                     HmacScheme{Digest::sha512, Encoding::hex, {"X-Signature"}, "", false, SignedBody{}}});
  schemes.push_back(
      {"hmac_body_prefix",
       HmacScheme{Digest::sha256, Encoding::hex, {"X-Hub-Signature-256"}, "sha256=", true, SignedBody{}}});
  schemes.push_back({"hmac_timestamp", HmacScheme{Digest::sha256,
                                                  Encoding::base64,
                                                  {"X-Signature"},
                                                  "",
                                                  false,
                                                  SignedTimestampAndBody{"X-Timestamp"}}});
  schemes.push_back({"ed25519_hex", Ed25519Scheme{"X-Signature", "X-Timestamp", Encoding::hex}});
  schemes.push_back({"standard_webhooks", StandardWebhooksScheme{}});
  return schemes;
}

inline const std::vector<NamedScheme>& all_schemes() {
  static const std::vector<NamedScheme> schemes = read_schemes();
  return schemes;
}

inline const NamedScheme& scheme_named(const std::string& name) {
  const auto& all = all_schemes();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& scheme) { return scheme.name == name; });
  if (found == all.end()) throw std::invalid_argument("no scheme " + name);
  return *found;
}

inline AuthSignature auth_of(const SignatureScheme& scheme) { return {"", scheme, Sender::keys(scheme)}; }

}  // namespace telephony
