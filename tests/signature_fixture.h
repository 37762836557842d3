// For every scheme that there is a request that is good, and what its receiver makes of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sender.h"

namespace telephony {

inline Verdict verdict(const AuthSignature& auth, const Delivery& delivery,
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

/// The presets of all shipped catalogs, then schemes that no preset has.
inline std::vector<NamedScheme> all_schemes() {
  std::vector<NamedScheme> schemes;
  for (const auto& file : std::filesystem::directory_iterator(SOURCE_DIRECTORY "/config/providers")) {
    for (const SignaturePreset& preset : load_catalog(file.path().string()).signatures) {
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

inline AuthSignature auth_of(const SignatureScheme& scheme) { return {"", scheme, Sender::keys(scheme)}; }

}  // namespace telephony
