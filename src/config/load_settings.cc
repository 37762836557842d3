#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "config/load_tls.h"
#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

std::string beside(const Node& node) {
  return (std::filesystem::path(node.file()).parent_path() / node.text()).string();
}

std::string read_secret_file(const Node& node) {
  std::ifstream in(beside(node), std::ios::binary);
  if (!in) node.fail("secret file '" + node.text() + "' cannot be read");
  std::string value(std::istreambuf_iterator<char>(in), {});
  // Editors and `echo` end a file with a newline, which is never part of a header value.
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  return value;
}

Secret load_secret(const Node& node) {
  if (node.is_scalar()) node.fail("a secret does not stand here itself; write {env: NAME} or {file: PATH}");
  node.expect_keys({"env", "file"});
  const auto env = node.find("env");
  const auto file = node.find("file");
  if (env.has_value() == file.has_value()) node.fail("expected {env: NAME} or {file: PATH}");
  if (file) {
    Secret secret{read_secret_file(*file)};
    if (secret.value.empty()) file->fail("secret file '" + file->text() + "' is empty");
    return secret;
  }
  const char* value = std::getenv(env->text().c_str());
  if (value == nullptr || *value == '\0') env->fail("environment variable '" + env->text() + "' is not set");
  return {value};
}

/// A token of RFC 9110 section 5.6.2; another name no request can carry.
std::string load_header_name(const Node& node) {
  std::string name = node.text();
  const bool token = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (!token) node.fail("'" + name + "' is no name of a header; use letters, digits and -");
  return name;
}

Auth load_auth(const Node& node) {
  if (node.is_scalar()) {
    if (node.text() != "none") node.fail("'" + node.text() + "' is no scheme; write none or {header: ...}");
    return AuthNone{};
  }
  node.expect_keys({"header"});
  const Node scheme = node.at("header");
  scheme.expect_keys({"name", "secrets"});
  AuthHeader header;
  if (const auto name = scheme.find("name")) header.name = load_header_name(*name);
  for (const Node& secret : scheme.at("secrets").items()) header.secrets.push_back(load_secret(secret));
  if (header.secrets.empty())
    scheme.at("secrets").fail("names no secret; list at least one {env: NAME} or {file: PATH}");
  return header;
}

/// A path that a request line can carry as it is: unreserved characters and slashes.
std::string load_path(const Node& node) {
  std::string path = node.text();
  const bool plain = std::all_of(path.begin(), path.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '-' || c == '_' || c == '.' || c == '~';
  });
  if (path.front() != '/' || !plain) {
    node.fail("'" + path + "' is no path; start with '/' and use letters, digits and / - _ . ~");
  }
  return path;
}

std::variant<Webhook, LogFiles> load_input(const Node& node) {
  const auto webhook = node.find("webhook");
  const auto file = node.find("file");
  if (webhook.has_value() == file.has_value()) node.fail("a source has either 'webhook' or 'file'");
  const std::string place = node.at("name").place();
  if (file) {
    file->expect_keys({"paths"});
    LogFiles files{file->at("paths").texts(), place};
    if (files.paths.empty()) file->at("paths").fail("names no file; list at least one path");
    return files;
  }
  webhook->expect_keys({"path", "auth"});
  Webhook out{load_path(webhook->at("path")), std::nullopt, place};
  if (const auto auth = webhook->find("auth")) out.auth = load_auth(*auth);
  return out;
}

std::string load_source_name(const Node& node) {
  std::string name = node.text();
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (!plain || name.front() == '-' || name.front() == '_') {
    node.fail("'" + name + "' is no name; use a-z, 0-9, - and _");
  }
  return name;
}

std::string products_of(const Catalog& catalog) {
  std::string names;
  for (const CodeSpace& space : catalog.spaces) {
    for (const std::string& product : space.products) names += (names.empty() ? "" : ", ") + product;
  }
  return names;
}

Source load_source(const Node& node, const Settings& settings) {
  node.expect_keys({"name", "provider", "product", "webhook", "file"});
  Source source;
  source.name = load_source_name(node.at("name"));
  if (settings.source(source.name) != nullptr)
    node.at("name").fail("source '" + source.name + "' is here twice");
  source.provider = node.at("provider").slug();
  source.product = node.at("product").slug();
  source.catalog = settings.catalog(source.provider);
  if (source.catalog == nullptr) {
    node.at("provider").fail("no file under 'providers' describes provider '" + source.provider + "'");
  }
  source.space = source.catalog->space_for(source.product);
  if (source.space == nullptr) {
    node.at("product").fail("provider '" + source.provider + "' has no product '" + source.product +
                            "'; it has: " + products_of(*source.catalog));
  }
  for (const EventRule& rule : source.catalog->reading.events) {
    const auto& products = rule.products;
    if (products.empty() || std::find(products.begin(), products.end(), source.product) != products.end()) {
      source.rules.push_back(&rule);
    }
  }
  source.input = load_input(node);
  if (const Webhook* webhook = source.webhook(); webhook != nullptr) {
    if (settings.at_path(webhook->path) != nullptr) {
      node.at("webhook").at("path").fail("path '" + webhook->path + "' is here twice");
    }
  }
  return source;
}

void number_series(Source& source, SeriesTable& table) {
  source.stream = table.stream({source.provider, source.product});
  for (std::uint32_t i = 0; i < source.space->entries.size(); ++i) {
    const Entry& entry = source.space->entries[i];
    const bool unlisted = source.space->is_unlisted(i);
    source.series.push_back(
        table.error({source.stream, entry.code, entry.reason, unlisted ? entry.family : ""}));
  }
}

void load_accounts(const Node& node, Settings& settings) {
  node.expect_keys({"max", "allow"});
  if (const auto max = node.find("max")) settings.accounts_max = max->number();
  const auto allow = node.find("allow");
  if (!allow) return;
  for (const auto& [provider, accounts] : allow->pairs()) {
    const std::string name = provider.text();
    if (settings.catalog(name) == nullptr)
      provider.fail("no file under 'providers' describes provider '" + name + "'");
    const auto [allowed, added] = settings.accounts_allow.try_emplace(name, accounts.texts());
    if (!added) provider.fail("provider '" + name + "' is here twice");
    if (std::find(allowed->second.begin(), allowed->second.end(), "other") != allowed->second.end()) {
      accounts.fail("'other' stands for the accounts that have no series of their own");
    }
  }
}

void load_journal(const Node& node, Settings& settings) {
  static constexpr std::array<std::string_view, 2> kSync = {"full", "normal"};
  node.expect_keys({"sync", "dedup"});
  if (const auto sync = node.find("sync")) settings.journal_sync_full = sync->choice(kSync) == 0;
  const auto dedup = node.find("dedup");
  if (!dedup) return;
  dedup->expect_keys({"retention", "max_keys"});
  if (const auto retention = dedup->find("retention")) settings.dedup_retention = retention->duration();
  if (const auto keys = dedup->find("max_keys")) settings.dedup_max_keys = keys->number();
}

void load_ingest(const Node& node, Settings& settings) {
  node.expect_keys({"tls_server_config"});
  if (const auto tls = node.find("tls_server_config")) settings.ingest_tls = load_tls(*tls);
}

void load_catalogs(const Node& list, Settings& settings) {
  for (const Node& file : list.items()) {
    std::error_code unknown;  // a name too long or a directory that may not be entered is no file either
    if (!std::filesystem::is_regular_file(beside(file), unknown))
      file.fail("there is no file '" + beside(file) + "'");
    auto catalog = std::make_unique<const Catalog>(load_catalog(beside(file)));
    if (settings.catalog(catalog->provider) != nullptr) {
      file.fail("provider '" + catalog->provider + "' is described twice");
    }
    settings.catalogs.push_back(std::move(catalog));
  }
}

}  // namespace

std::shared_ptr<const Settings> load_settings(const std::string& file, const Settings* before) {
  const Node root = Node::load(file);
  root.expect_keys({"providers", "accounts", "journal", "ingest", "sources"});
  auto settings = std::make_shared<Settings>();
  if (before != nullptr) settings->table = before->table;
  load_catalogs(root.at("providers"), *settings);
  if (const auto accounts = root.find("accounts")) load_accounts(*accounts, *settings);
  if (const auto journal = root.find("journal")) load_journal(*journal, *settings);
  if (const auto ingest = root.find("ingest")) load_ingest(*ingest, *settings);
  for (const Node& node : root.at("sources").items()) {
    settings->sources.push_back(load_source(node, *settings));
    number_series(settings->sources.back(), settings->table);
  }
  if (settings->sources.empty())
    root.at("sources").fail("lists no source; without one nothing can be counted");
  std::set<StreamId> seen;
  for (const Source& source : settings->sources) {
    if (seen.insert(source.stream).second) {
      settings->streams.push_back({source.stream, source.space, &source.series});
    }
  }
  return settings;
}

}  // namespace telephony
