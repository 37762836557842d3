#include "config/load_auth.h"

#include <array>
#include <cstdlib>
#include <fstream>

#include "config/load.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/config/text_encoding.h"

namespace telephony {
namespace {

constexpr std::array<std::string_view, 1> kSecrets = {"secrets"};
constexpr std::size_t kEd25519KeyBytes = 32;  // RFC 8032 section 5.1.5

Secret read_secret_file(const Node& node) {
  std::ifstream in(beside(node), std::ios::binary);
  if (!in) node.fail("secret file '" + node.text() + "' cannot be read");
  Secret secret{{std::istreambuf_iterator<char>(in), {}}};
  std::string& value = secret.value;
  // Editors and `echo` end a file with a newline, which is never part of a header value.
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  if (trimmed(value).empty()) node.fail("secret file '" + node.text() + "' is empty");
  return secret;
}

Secret load_secret(const Node& node) {
  if (node.is_scalar()) node.fail("a secret does not stand here itself; write {env: NAME} or {file: PATH}");
  node.expect_keys({"env", "file"});
  const auto env = node.find("env");
  const auto file = node.find("file");
  if (env.has_value() == file.has_value()) node.fail("expected {env: NAME} or {file: PATH}");
  if (file) return read_secret_file(*file);
  const char* value = std::getenv(env->text().c_str());
  if (value == nullptr || *value == '\0') env->fail("environment variable '" + env->text() + "' is not set");
  if (trimmed(value).empty())
    env->fail("environment variable '" + env->text() + "' holds no secret, only spaces");
  return {value};
}

template <typename Convert>
std::vector<Secret> load_secrets(const Node& node, Convert convert) {
  const Node list = node.at("secrets");
  std::vector<Secret> secrets;
  for (const Node& item : list.items()) secrets.push_back(convert(item, load_secret(item)));
  if (secrets.empty()) list.fail("names no secret; list at least one {env: NAME} or {file: PATH}");
  return secrets;
}

std::vector<Secret> load_secrets(const Node& node) {
  return load_secrets(node, [](const Node&, Secret secret) { return secret; });
}

/// A key of Standard Webhooks: base64, usually behind "whsec_".
Secret webhook_key(const Node& node, const Secret& secret) {
  constexpr std::string_view kPrefix = "whsec_";
  std::string_view text = secret.value;
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  if (text.empty()) node.fail("the secret is empty behind 'whsec_'");
  auto key = from_base64(text);
  if (!key) node.fail("the secret is no base64; store it as the sender shows it, with or without 'whsec_'");
  return {std::move(*key)};
}

Secret ed25519_key(const Node& node, const Secret& secret) {
  for (const auto& key : {from_base64(secret.value), from_hex(secret.value)}) {
    if (key && key->size() == kEd25519KeyBytes) return {*key};
  }
  node.fail("this is no public key of Ed25519; it has 32 bytes, written as base64 or in lower-case hex");
}

std::vector<Secret> load_keys(const Node& node, const SignatureScheme& scheme) {
  if (std::holds_alternative<StandardWebhooksScheme>(scheme)) return load_secrets(node, webhook_key);
  if (std::holds_alternative<Ed25519Scheme>(scheme)) return load_secrets(node, ed25519_key);
  return load_secrets(node);
}

AuthHeader load_header(const Node& node) {
  node.expect_keys({"name", "secrets"});
  AuthHeader header;
  if (const auto name = node.find("name")) header.name = load_header_name(*name);
  header.secrets = load_secrets(node);
  return header;
}

AuthBasic load_basic(const Node& node) {
  node.expect_keys({"user", "secrets"});
  const Node user = node.at("user");
  AuthBasic basic{user.text(), {}};
  if (basic.user.find(':') != basic.user.npos) user.fail("a user name of Basic has no colon (RFC 7617)");
  basic.secrets = load_secrets(node, [&](const Node&, const Secret& password) {
    return Secret{to_base64(basic.user + ':' + password.value)};
  });
  return basic;
}

AuthBearer load_bearer(const Node& node) {
  node.expect_keys(kSecrets);
  return {load_secrets(node)};
}

AuthSignature load_preset(const Node& node, const Catalog& catalog) {
  node.expect_keys({"preset", "secrets"});
  const Node name = node.at("preset");
  const SignaturePreset* preset = catalog.signature(name.text());
  if (preset == nullptr) {
    std::string known;
    for (const SignaturePreset& other : catalog.signatures) known += (known.empty() ? "" : ", ") + other.name;
    name.fail("provider '" + catalog.provider + "' has no signature '" + name.text() + "'; " +
              (known.empty() ? "its catalog names none" : "it has: " + known));
  }
  return {preset->name, preset->scheme, load_keys(node, preset->scheme)};
}

AuthSignature load_signature(const Node& node, std::string_view name) {
  SignatureScheme scheme = load_signature_scheme(node, name, kSecrets);
  std::vector<Secret> keys = load_keys(node, scheme);
  return {"", std::move(scheme), std::move(keys)};
}

}  // namespace

Auth load_auth(const Node& node, const Catalog& catalog) {
  if (node.is_scalar()) {
    if (node.text() != "none") {
      node.fail("'" + node.text() + "' is no scheme; write none, {header: ...} or another scheme in braces");
    }
    return AuthNone{};
  }
  if (node.find("preset")) return load_preset(node, catalog);
  std::vector<std::string_view> schemes = {"header", "basic", "bearer"};
  schemes.insert(schemes.end(), kSignatureSchemeNames.begin(), kSignatureSchemeNames.end());
  schemes.push_back("preset");
  node.expect_keys(schemes);
  const auto pairs = node.pairs();
  if (pairs.size() != 1) node.fail("a webhook has one scheme; several secrets can stand in it");
  const auto& [name, scheme] = pairs.front();
  if (name.text() == "header") return load_header(scheme);
  if (name.text() == "basic") return load_basic(scheme);
  if (name.text() == "bearer") return load_bearer(scheme);
  return load_signature(scheme, name.text());
}

}  // namespace telephony
