#include <algorithm>
#include <cctype>
#include <charconv>
#include <stdexcept>

#include "config/load.h"
#include "config/load_tls.h"

namespace telephony {
namespace {

bool all_of(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || others.find(static_cast<char>(c)) != others.npos;
  });
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port > 0;
}

/// `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
bool is_authority(std::string_view text) {
  const std::size_t host_end = text.starts_with('[') ? text.find(']') : 0;
  if (host_end == text.npos) return false;
  const std::size_t colon = text.find(':', host_end);
  const std::string_view host = text.substr(0, colon);
  if (colon != text.npos && !is_port(text.substr(colon + 1))) return false;
  if (!host.starts_with('[')) return !host.empty() && all_of(host, "-._");
  return host.ends_with(']') && IpAddress::parse(host.substr(1, host.size() - 2)).has_value();
}

}  // namespace

std::vector<Cidr> load_networks(const Node& list) {
  std::vector<Cidr> networks;
  for (const Node& item : list.items()) {
    try {
      networks.push_back(Cidr::parse(item.text()));
    } catch (const std::invalid_argument& e) {
      item.fail(e.what());
    }
  }
  return networks;
}

std::vector<Cidr> load_allow(const Node& list) {
  std::vector<Cidr> networks = load_networks(list);
  if (networks.empty()) list.fail("names no network, so nobody could deliver; list at least one");
  return networks;
}

std::string load_public_url(const Node& node) {
  std::string url = node.text();
  const std::string_view rest = std::string_view(url).substr(std::min(url.find("://") + 3, url.size()));
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const bool scheme = url.starts_with("https://") || url.starts_with("http://");
  const bool prefix = all_of(rest.substr(slash), "/-_.~") && !rest.ends_with('/');
  if (!scheme || !is_authority(rest.substr(0, slash)) || !prefix) {
    node.fail("'" + url + "' is no public URL; write https://HOST, https://HOST:PORT or " +
              "https://HOST/PREFIX, without a slash at the end");
  }
  return url;
}

void load_ingest(const Node& node, Settings& settings) {
  node.expect_keys({"trusted_proxies", "public_url", "tls_server_config"});
  Ingest& ingest = settings.ingest;
  if (const auto proxies = node.find("trusted_proxies")) ingest.trusted_proxies = load_networks(*proxies);
  if (const auto url = node.find("public_url")) ingest.public_url = load_public_url(*url);
  if (const auto tls = node.find("tls_server_config")) ingest.tls = load_tls(*tls);
}

}  // namespace telephony
