// What a TLS connection is opened with: certificate, key, and what is asked of the peer.
#pragma once

#include <memory>

#include "telephony_exporter/config/tls.h"

struct ssl_ctx_st;

namespace telephony::ingest {

/// OpenSSL's; connections hold what they were opened with.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

/// Reads the files. Throws ConfigError, with the place of what cannot be used.
TlsContext load_tls_context(const TlsSettings& settings);

/// Whether the certificate's time is over.
bool has_expired(const TlsContext& context);

}  // namespace telephony::ingest
