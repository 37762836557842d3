// How the sender of a source proves who it is. Any of several secrets will do, so that they can be rotated.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "telephony_exporter/catalog/signature.h"

namespace telephony {

/// Never shown.
struct Secret {
  std::string value;
};

/// `auth: none`, written down.
struct AuthNone {};

/// A static value in a header.
struct AuthHeader {
  std::string name = "Authorization";
  std::vector<Secret> secrets;
};

/// RFC 7617.
struct AuthBasic {
  std::string user;
  std::vector<Secret> secrets;  ///< user and password as they are sent: base64("user:password")
};

/// RFC 6750.
struct AuthBearer {
  std::vector<Secret> secrets;
};

/// A signature of each request.
struct AuthSignature {
  std::string preset;  ///< the catalog's name for the scheme; empty when it is written out
  SignatureScheme scheme;
  std::vector<Secret> secrets;  ///< the keys, as bytes; for Ed25519 the public ones
};

using Auth = std::variant<AuthNone, AuthHeader, AuthBasic, AuthBearer, AuthSignature>;

}  // namespace telephony
