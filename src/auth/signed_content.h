// The bytes that a sender computes its HMAC over.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/auth/verify.h"

namespace telephony::auth {

/// A part of its own, then a part of the body as received.
struct ContentBytes {
  std::string own;
  std::string_view body = {};
};

/// More than one where senders disagree; none when the request lacks a part that must be signed, so that it
/// cannot be authentic.
std::vector<ContentBytes> signed_content(const SignedContent& content, const SignedRequest& request);

}  // namespace telephony::auth
