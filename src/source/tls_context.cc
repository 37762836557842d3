#include "source/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <fstream>
#include <new>

#include "telephony_exporter/yaml/node.h"

namespace telephony::ingest {
namespace {

using ClientAuth = TlsSettings::ClientAuth;

[[noreturn]] void fail(const Placed& where, const std::string& what) {
  throw ConfigError(where.place + ": " + what);
}

/// With OpenSSL's own words for why.
[[noreturn]] void fail_by_library(const Placed& file, const std::string& what) {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  fail(file, "'" + file.text + "' " + what + (reason == nullptr ? "" : std::string(": ") + reason));
}

void expect_readable(const Placed& file) {
  if (!std::ifstream(file.text)) fail(file, "'" + file.text + "' cannot be read");
}

/// OpenSSL would ask the terminal for the passphrase of a key.
int no_passphrase(char*, int, int, void*) { return 0; }

/// For the types that want a certificate and believe any.
int believe(int, X509_STORE_CTX*) { return 1; }

void load_identity(SSL_CTX* context, const TlsSettings& settings) {
  expect_readable(settings.cert_file);
  if (SSL_CTX_use_certificate_chain_file(context, settings.cert_file.text.c_str()) != 1) {
    fail_by_library(settings.cert_file, "holds no certificate that can be used");
  }
  expect_readable(settings.key_file);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_PrivateKey_file(context, settings.key_file.text.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool unfit = ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH;
    if (!unfit) fail_by_library(settings.key_file, "holds no key that can be used");
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    fail(settings.key_file, "the key in '" + settings.key_file.text +
                                "' is not that of the certificate in '" + settings.cert_file.text + "'");
  }
}

void load_client_auth(SSL_CTX* context, const TlsSettings& settings) {
  int mode = settings.client_auth == ClientAuth::none ? SSL_VERIFY_NONE : SSL_VERIFY_PEER;
  if (settings.client_auth == ClientAuth::require_any ||
      settings.client_auth == ClientAuth::require_and_verify) {
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  const bool verifies = settings.client_auth >= ClientAuth::verify_if_given;
  SSL_CTX_set_verify(context, mode, verifies ? nullptr : believe);
  if (settings.client_ca_file.text.empty()) return;
  expect_readable(settings.client_ca_file);
  const char* file = settings.client_ca_file.text.c_str();
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(file);
  SSL_CTX_set_client_CA_list(context, names);  // takes them
  if (names == nullptr || SSL_CTX_load_verify_file(context, file) != 1) {
    fail_by_library(settings.client_ca_file, "holds no certificate that can be used");
  }
}

/// Those of TLS 1.3 are all good, and as in Go none can be left out.
void limit_ciphers(SSL_CTX* context, const TlsSettings& settings) {
  std::string list;
  for (const Placed& suite : settings.cipher_suites) {
    const char* name = OPENSSL_cipher_name(suite.text.c_str());
    if (!suite.text.starts_with("TLS_ECDHE_") || SSL_CTX_set_cipher_list(context, name) != 1) {
      fail(suite, "'" + suite.text +
                      "' is no cipher suite of TLS 1.2 with forward secrecy, as "
                      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    }
    list.append(list.empty() ? "" : ":").append(name);
  }
  if (!list.empty()) SSL_CTX_set_cipher_list(context, list.c_str());
}

int select_protocol(SSL*, const unsigned char** out, unsigned char* out_bytes, const unsigned char* offered,
                    unsigned offered_bytes, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  const int chosen = SSL_select_next_proto(const_cast<unsigned char**>(out), out_bytes, kOurs,
                                           sizeof kOurs - 1, offered, offered_bytes);
  return chosen == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int number_of(TlsSettings::Version version) {
  return version == TlsSettings::Version::tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

}  // namespace

TlsContext load_tls_context(const TlsSettings& settings) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(), number_of(settings.min_version));
  SSL_CTX_set_max_proto_version(context.get(), number_of(settings.max_version));
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Idle connections give their record buffers back, 32 KiB each.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);  // a record's header and the rest in one system call
  // Without one, a peer that showed a certificate could not resume its session.
  constexpr unsigned char kSessions[] = "ingest";
  SSL_CTX_set_session_id_context(context.get(), kSessions, sizeof kSessions - 1);
  SSL_CTX_set_alpn_select_cb(context.get(), select_protocol, nullptr);
  limit_ciphers(context.get(), settings);
  load_identity(context.get(), settings);
  load_client_auth(context.get(), settings);
  ERR_clear_error();
  return context;
}

bool has_expired(const TlsContext& context) {
  return X509_cmp_current_time(X509_get0_notAfter(SSL_CTX_get0_certificate(context.get()))) < 0;
}

}  // namespace telephony::ingest
