#include "config/show_auth.h"

namespace telephony {
namespace {

constexpr const char* kMask = "<secret>";

/// Writes one scheme, key by key.
class Scheme {
 public:
  explicit Scheme(YAML::Emitter& out) : out_(out) {}

  void operator()(const AuthNone&) { out_ << "none"; }

  void operator()(const AuthHeader& header) {
    begin("header");
    put("name", header.name);
    end(header.secrets);
  }

  void operator()(const AuthBasic& basic) {
    begin("basic");
    put("user", basic.user);
    end(basic.secrets);
  }

  void operator()(const AuthBearer& bearer) {
    begin("bearer");
    end(bearer.secrets);
  }

  void operator()(const AuthSignature& signature) {
    if (!signature.preset.empty()) {
      out_ << YAML::BeginMap;
      put("preset", signature.preset);
      put_secrets(signature.secrets);
      out_ << YAML::EndMap;
      return;
    }
    begin(kSignatureSchemeNames[signature.scheme.index()]);
    std::visit(*this, signature.scheme);
    end(signature.secrets);
  }

  void operator()(const HmacScheme& hmac) {
    put("digest", kDigestNames[static_cast<std::size_t>(hmac.digest)]);
    put("encoding", kEncodingNames[static_cast<std::size_t>(hmac.encoding)]);
    key("headers") << YAML::Flow << hmac.headers;
    if (!hmac.prefix.empty()) put("prefix", hmac.prefix);
    key("list") << hmac.list;
    key("content");
    std::visit(*this, hmac.content);
  }

  void operator()(const Ed25519Scheme& ed25519) {
    put("header", ed25519.header);
    put("timestamp_header", ed25519.timestamp_header);
    put("encoding", kEncodingNames[static_cast<std::size_t>(ed25519.encoding)]);
    put_tolerance(ed25519.tolerance);
  }

  void operator()(const JwtScheme& jwt) {
    if (!jwt.issuer.empty()) put("issuer", jwt.issuer);
    put_tolerance(jwt.tolerance);
  }

  void operator()(const StandardWebhooksScheme& webhooks) { put_tolerance(webhooks.tolerance); }

  void operator()(const SignedBody&) { out_ << "body"; }
  void operator()(const SignedUrlAndForm&) { out_ << "url_and_form"; }

  void operator()(const SignedTimestampAndBody& timestamp) {
    begin("timestamp_and_body");
    put("header", timestamp.header);
    put("separator", timestamp.separator);
    put_tolerance(timestamp.tolerance);
    out_ << YAML::EndMap << YAML::EndMap;
  }

  void operator()(const SignedUrlFormAndNonce& nonce) {
    begin("url_form_and_nonce");
    put("header", nonce.header);
    out_ << YAML::EndMap << YAML::EndMap;
  }

  void operator()(const SignedField& field) {
    out_ << YAML::BeginMap;
    key("field") << YAML::Flow << YAML::BeginSeq;
    for (const FieldPath& path : field.alternatives) out_ << path.pointer;
    out_ << YAML::EndSeq << YAML::EndMap;
  }

 private:
  YAML::Emitter& key(std::string_view name) { return out_ << YAML::Key << std::string(name) << YAML::Value; }
  void put(std::string_view name, std::string_view value) { key(name) << std::string(value); }
  void put_tolerance(std::chrono::seconds tolerance) {
    put("tolerance", std::to_string(tolerance.count()) + 's');
  }
  void put_secrets(const std::vector<Secret>& secrets) {
    key("secrets") << YAML::Flow << std::vector<std::string>(secrets.size(), kMask);
  }

  /// Opens `name: {`, and end() closes it.
  void begin(std::string_view name) {
    out_ << YAML::BeginMap;
    key(name) << YAML::BeginMap;
  }
  void end(const std::vector<Secret>& secrets) {
    put_secrets(secrets);
    out_ << YAML::EndMap << YAML::EndMap;
  }

  YAML::Emitter& out_;
};

}  // namespace

void show_auth(YAML::Emitter& out, const Auth& auth) { std::visit(Scheme(out), auth); }

}  // namespace telephony
