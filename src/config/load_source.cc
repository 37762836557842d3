#include <algorithm>
#include <cctype>

#include "config/load.h"
#include "config/load_auth.h"

namespace telephony {
namespace {

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

Webhook load_webhook(const Node& node, const Catalog& catalog, const std::string& place) {
  node.expect_keys({"path", "auth", "allow", "public_url"});
  Webhook webhook{load_path(node.at("path")), std::nullopt, place};
  if (const auto auth = node.find("auth")) webhook.auth = load_auth(*auth, catalog);
  if (const auto allow = node.find("allow")) webhook.allow = load_allow(*allow);
  if (const auto url = node.find("public_url")) webhook.public_url = load_public_url(*url);
  return webhook;
}

LogFiles load_files(const Node& node, const std::string& place) {
  static constexpr std::array<std::string_view, 2> kStart = {"beginning", "end"};
  node.expect_keys({"paths", "start", "compressed"});
  LogFiles files;
  for (const Node& path : node.at("paths").items()) files.paths.push_back(beside(path));
  if (files.paths.empty()) node.at("paths").fail("names no file; list at least one path");
  if (const auto start = node.find("start")) files.from_end = start->choice(kStart) == 1;
  if (const auto compressed = node.find("compressed")) files.compressed = compressed->boolean();
  files.place = place;
  return files;
}

StandardInput load_standard_input(const Node& node) {
  static constexpr std::array<std::string_view, 2> kFormat = {"text", "csv"};
  node.expect_keys({"format"});
  const auto format = node.find("format");
  return {format && format->choice(kFormat) == 1 ? BodyFormat::csv : BodyFormat::text};
}

decltype(Source::input) load_input(const Node& node, const Catalog& catalog, const Settings& settings) {
  const auto webhook = node.find("webhook");
  const auto file = node.find("file");
  const auto standard_input = node.find("stdin");
  const auto syslog = node.find("syslog");
  if (webhook.has_value() + file.has_value() + standard_input.has_value() + syslog.has_value() != 1) {
    node.fail("a source has exactly one of 'webhook', 'file', 'stdin' and 'syslog'");
  }
  const std::string place = node.at("name").place();
  if (file) return load_files(*file, place);
  if (standard_input) return load_standard_input(*standard_input);
  if (syslog) return load_syslog(*syslog, settings);
  return load_webhook(*webhook, catalog, place);
}

void refuse_the_same_input_twice(const Node& node, const Source& source, const Settings& settings) {
  const Webhook* webhook = source.webhook();
  if (webhook != nullptr && settings.at_path(webhook->path) != nullptr) {
    node.at("webhook").at("path").fail("path '" + webhook->path + "' is here twice");
  }
  if (source.standard_input() != nullptr && settings.standard_input() != nullptr) {
    node.at("stdin").fail("source '" + settings.standard_input()->name + "' reads standard input already");
  }
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

}  // namespace

Source load_source(const Node& node, const Settings& settings) {
  node.expect_keys({"name", "provider", "product", "webhook", "file", "stdin", "syslog"});
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
  const auto names = settings.accounts_map.find(source.provider);
  if (names != settings.accounts_map.end()) source.account_names = &names->second;
  source.session_ids = settings.exemplar_session_ids;
  source.input = load_input(node, *source.catalog, settings);
  refuse_the_same_input_twice(node, source, settings);
  return source;
}

}  // namespace telephony
