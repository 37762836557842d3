#include "config/load_tls.h"

#include <array>
#include <filesystem>

namespace telephony {
namespace {

using ClientAuth = TlsSettings::ClientAuth;
using Version = TlsSettings::Version;

constexpr std::array<std::string_view, 5> kClientAuths = {"NoClientCert", "RequestClientCert",
                                                          "RequireAnyClientCert", "VerifyClientCertIfGiven",
                                                          "RequireAndVerifyClientCert"};
constexpr std::array<std::string_view, 2> kVersions = {"TLS12", "TLS13"};

Placed load_file(const Node& node) {
  return {(std::filesystem::path(node.file()).parent_path() / node.text()).string(), node.place()};
}

void load_client_auth(const Node& node, TlsSettings& tls) {
  const auto type = node.find("client_auth_type");
  const auto ca = node.find("client_ca_file");
  if (type) tls.client_auth = static_cast<ClientAuth>(type->choice(kClientAuths));
  if (ca) tls.client_ca_file = load_file(*ca);
  if (ca && tls.client_auth == ClientAuth::none) {
    ca->fail("needs a client_auth_type that asks for certificates, as RequireAndVerifyClientCert");
  }
  const bool verifies = tls.client_auth >= ClientAuth::verify_if_given;
  if (verifies && !ca) type->fail("'" + type->text() + "' needs a client_ca_file to verify by");
}

void load_versions(const Node& node, TlsSettings& tls) {
  const auto max = node.find("max_version");
  if (const auto min = node.find("min_version")) {
    tls.min_version = static_cast<Version>(min->choice(kVersions));
  }
  if (max) tls.max_version = static_cast<Version>(max->choice(kVersions));
  if (max && tls.max_version < tls.min_version) max->fail("must not be less than min_version");
}

}  // namespace

TlsSettings load_tls(const Node& node) {
  node.expect_keys({"cert_file", "key_file", "client_ca_file", "client_auth_type", "min_version",
                    "max_version", "cipher_suites"});
  TlsSettings tls;
  tls.cert_file = load_file(node.at("cert_file"));
  tls.key_file = load_file(node.at("key_file"));
  load_client_auth(node, tls);
  load_versions(node, tls);
  if (const auto suites = node.find("cipher_suites")) {
    for (const Node& suite : suites->items()) tls.cipher_suites.push_back({suite.text(), suite.place()});
    if (tls.cipher_suites.empty()) suites->fail("names no cipher suite; list at least one");
  }
  return tls;
}

void emit_tls(YAML::Emitter& out, const TlsSettings& tls) {
  const auto name = [](const auto& names, auto value) {
    return std::string(names[static_cast<std::size_t>(value)]);
  };
  out << YAML::BeginMap;
  out << YAML::Key << "cert_file" << YAML::Value << tls.cert_file.text;
  out << YAML::Key << "key_file" << YAML::Value << tls.key_file.text;
  if (!tls.client_ca_file.text.empty()) {
    out << YAML::Key << "client_ca_file" << YAML::Value << tls.client_ca_file.text;
  }
  out << YAML::Key << "client_auth_type" << YAML::Value << name(kClientAuths, tls.client_auth);
  out << YAML::Key << "min_version" << YAML::Value << name(kVersions, tls.min_version);
  out << YAML::Key << "max_version" << YAML::Value << name(kVersions, tls.max_version);
  if (!tls.cipher_suites.empty()) {
    out << YAML::Key << "cipher_suites" << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const Placed& suite : tls.cipher_suites) out << suite.text;
    out << YAML::EndSeq;
  }
  out << YAML::EndMap;
}

}  // namespace telephony
