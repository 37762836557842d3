// The signature schemes, one file each. All compare in constant time and try every key.
#pragma once

#include <span>

#include "telephony_exporter/auth/verify.h"

namespace telephony::auth {

/// What a signature is verified with.
using Keys = std::span<const Secret>;

bool verify(const HmacScheme& scheme, Keys keys, const SignedRequest& request);
bool verify(const Ed25519Scheme& scheme, Keys keys, const SignedRequest& request);
bool verify(const JwtScheme& scheme, Keys keys, const SignedRequest& request);
bool verify(const StandardWebhooksScheme& scheme, Keys keys, const SignedRequest& request);

// The headers of https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
inline constexpr std::string_view kWebhookId = "webhook-id";
inline constexpr std::string_view kWebhookTimestamp = "webhook-timestamp";
inline constexpr std::string_view kWebhookSignature = "webhook-signature";

}  // namespace telephony::auth
