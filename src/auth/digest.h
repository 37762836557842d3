// Digests of bytes, and the one way in which secrets are compared.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "telephony_exporter/catalog/signature.h"

namespace telephony::auth {

/// Takes as long as `sent` is, whatever `ours` holds. Nothing equals an empty text.
bool equal(std::string_view sent, std::string_view ours);

/// HMAC (RFC 2104) over all pieces, in bytes; empty when the key is, or when there is no memory for it.
std::string hmac(Digest digest, std::string_view key, std::initializer_list<std::string_view> pieces);

/// In lower-case hex; empty when there is no memory for it.
std::string sha256_hex(std::string_view bytes);

/// RFC 8032, without context.
bool ed25519_verify(std::string_view public_key, std::string_view message, std::string_view signature);

}  // namespace telephony::auth
