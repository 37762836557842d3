// How the ingest listener proves itself to its peers, and they to it: the exporter-toolkit's
// tls_server_config.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace telephony {

/// A text of the configuration, and where it stands, for messages.
struct Placed {
  std::string text;
  std::string place;  ///< "file:line:column"
  bool operator==(const Placed&) const = default;
};

struct TlsSettings {
  /// In the order of the toolkit's names, which are Go's.
  enum class ClientAuth : std::uint8_t { none, request, require_any, verify_if_given, require_and_verify };
  enum class Version : std::uint8_t { tls12, tls13 };

  Placed cert_file;       ///< the certificate, then those that lead to its root
  Placed key_file;        ///< without a passphrase
  Placed client_ca_file;  ///< empty when client certificates are not verified
  ClientAuth client_auth = ClientAuth::none;
  Version min_version = Version::tls12;
  Version max_version = Version::tls13;
  std::vector<Placed> cipher_suites;  ///< of TLS 1.2, by their IANA names; empty: the library's choice

  bool operator==(const TlsSettings&) const = default;
};

}  // namespace telephony
