#include "telephony_exporter/config/settings.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "config/load_tls.h"
#include "config/show_auth.h"
#include "telephony_exporter/config/address.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

void emit_networks(YAML::Emitter& out, const char* key, const std::vector<Cidr>& networks) {
  out << YAML::Key << key << YAML::Value << YAML::Flow << YAML::BeginSeq;
  for (const Cidr& network : networks) out << network.to_string();
  out << YAML::EndSeq;
}

void emit_url(YAML::Emitter& out, const std::string& url) {
  if (!url.empty()) out << YAML::Key << "public_url" << YAML::Value << url;
}

void emit_accounts(YAML::Emitter& out, const Settings& settings) {
  out << YAML::Key << "accounts" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << "max" << YAML::Value << settings.accounts_max;
  out << YAML::Key << "allow" << YAML::Value << YAML::Flow << YAML::BeginMap;
  for (const auto& [provider, accounts] : settings.accounts_allow) {
    out << YAML::Key << provider << YAML::Value << accounts;
  }
  out << YAML::EndMap;
  if (!settings.accounts_map.empty()) out << YAML::Key << "map" << YAML::Value << YAML::BeginMap;
  for (const auto& [provider, names] : settings.accounts_map) {
    out << YAML::Key << provider << YAML::Value << YAML::Flow << YAML::BeginMap;
    for (const auto& [told, account] : names) out << YAML::Key << told << YAML::Value << account;
    out << YAML::EndMap;
  }
  if (!settings.accounts_map.empty()) out << YAML::EndMap;
  out << YAML::EndMap;
}

void emit_trunks(YAML::Emitter& out, const Settings& settings) {
  if (settings.trunks.empty()) return;
  out << YAML::Key << "trunks" << YAML::Value << YAML::BeginMap;
  for (const auto& [provider, limits] : settings.trunks) {
    out << YAML::Key << provider << YAML::Value << YAML::Flow << YAML::BeginMap;
    for (const auto& [account, calls] : limits) out << YAML::Key << account << YAML::Value << calls;
    out << YAML::EndMap;
  }
  out << YAML::EndMap;
}

void emit_ingest(YAML::Emitter& out, const Ingest& ingest) {
  out << YAML::Key << "ingest" << YAML::Value << YAML::BeginMap;
  emit_networks(out, "trusted_proxies", ingest.trusted_proxies);
  emit_url(out, ingest.public_url);
  if (ingest.tls) {
    out << YAML::Key << "tls_server_config" << YAML::Value;
    emit_tls(out, *ingest.tls);
  }
  out << YAML::EndMap;
}

void emit_syslog(YAML::Emitter& out, const Syslog& syslog) {
  out << YAML::Key << "syslog" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << "listen" << YAML::Value << syslog.listen.to_string();
  out << YAML::Key << "protocols" << YAML::Value << YAML::Flow << YAML::BeginSeq;
  if (syslog.udp) out << "udp";
  if (syslog.tcp) out << "tcp";
  out << YAML::EndSeq;
  if (!syslog.allow.empty()) emit_networks(out, "allow", syslog.allow);
  if (syslog.anybody) out << YAML::Key << "auth" << YAML::Value << "none";
}

void emit_source(YAML::Emitter& out, const Source& source) {
  out << YAML::BeginMap;
  out << YAML::Key << "name" << YAML::Value << source.name;
  out << YAML::Key << "provider" << YAML::Value << source.provider;
  out << YAML::Key << "product" << YAML::Value << source.product;
  if (const Webhook* webhook = source.webhook()) {
    out << YAML::Key << "webhook" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "path" << YAML::Value << webhook->path;
    if (webhook->auth) {
      out << YAML::Key << "auth" << YAML::Value;
      show_auth(out, *webhook->auth);
    }
    if (!webhook->allow.empty()) emit_networks(out, "allow", webhook->allow);
    emit_url(out, webhook->public_url);
  } else if (const Syslog* syslog = source.syslog()) {
    emit_syslog(out, *syslog);
  } else if (const LogFiles* files = source.files()) {
    out << YAML::Key << "file" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "paths" << YAML::Value << YAML::Flow << files->paths;
    if (files->from_end) out << YAML::Key << "start" << YAML::Value << "end";
    if (files->compressed) out << YAML::Key << "compressed" << YAML::Value << true;
  } else if (const StandardInput* input = source.standard_input()) {
    out << YAML::Key << "stdin" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "format" << YAML::Value << (input->format == BodyFormat::csv ? "csv" : "text");
  }
  out << YAML::EndMap << YAML::EndMap;
}

}  // namespace

const Catalog* Settings::catalog(std::string_view provider) const {
  const auto found = std::find_if(catalogs.begin(), catalogs.end(),
                                  [&](const auto& catalog) { return catalog->provider == provider; });
  return found == catalogs.end() ? nullptr : found->get();
}

std::vector<const Catalog*> Settings::all_catalogs() const {
  std::vector<const Catalog*> all;
  for (const auto& catalog : catalogs) all.push_back(catalog.get());
  return all;
}

const Source* Settings::source(std::string_view name) const {
  const auto found =
      std::find_if(sources.begin(), sources.end(), [&](const Source& s) { return s.name == name; });
  return found == sources.end() ? nullptr : &*found;
}

const Source* Settings::at_path(std::string_view path) const {
  const auto found = std::find_if(sources.begin(), sources.end(), [&](const Source& s) {
    return s.webhook() != nullptr && s.webhook()->path == path;
  });
  return found == sources.end() ? nullptr : &*found;
}

const Source* Settings::standard_input() const {
  const auto found = std::find_if(sources.begin(), sources.end(),
                                  [](const Source& s) { return s.standard_input() != nullptr; });
  return found == sources.end() ? nullptr : &*found;
}

void require_auth(const Settings& settings, std::string_view address) {
  if (ListenAddress::parse(address).is_loopback()) return;
  for (const Source& source : settings.sources) {
    const Webhook* webhook = source.webhook();
    if (webhook == nullptr || webhook->auth) continue;
    throw ConfigError(webhook->place + ": source '" + source.name + "' has no 'auth', and ingest address '" +
                      std::string(address) +
                      "' can be reached from other hosts; add 'auth', or 'auth: none' to accept anybody");
  }
}

std::string to_yaml(const Settings& settings) {
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << "providers" << YAML::Value << YAML::Flow << YAML::BeginSeq;
  for (const auto& catalog : settings.catalogs) out << catalog->provider;
  out << YAML::EndSeq;
  emit_accounts(out, settings);
  emit_trunks(out, settings);
  out << YAML::Key << "exemplars" << YAML::Value << YAML::Flow << YAML::BeginMap;
  out << YAML::Key << "session_id" << YAML::Value << settings.exemplar_session_ids << YAML::EndMap;
  out << YAML::Key << "journal" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << "sync" << YAML::Value << (settings.journal_sync_full ? "full" : "normal");
  out << YAML::Key << "dedup" << YAML::Value << YAML::Flow << YAML::BeginMap;
  out << YAML::Key << "retention" << YAML::Value << std::to_string(settings.dedup_retention.count()) + "s";
  out << YAML::Key << "max_keys" << YAML::Value << settings.dedup_max_keys;
  out << YAML::EndMap << YAML::EndMap;
  emit_ingest(out, settings.ingest);
  out << YAML::Key << "sources" << YAML::Value << YAML::BeginSeq;
  for (const Source& source : settings.sources) emit_source(out, source);
  out << YAML::EndSeq << YAML::EndMap;
  return std::string(out.c_str()) + '\n';
}

std::shared_ptr<const Settings> Live::get() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

void Live::set(std::shared_ptr<const Settings> settings) {
  const std::lock_guard lock(mutex_);
  settings_.swap(settings);
  generation_.fetch_add(1, std::memory_order_release);
}

}  // namespace telephony
