#include "source/forwarded.h"

#include <algorithm>

#include "telephony_exporter/catalog/text.h"

namespace telephony::ingest {
namespace {

constexpr std::string_view kFor = "X-Forwarded-For";
constexpr std::string_view kHost = "X-Forwarded-Host";
constexpr std::string_view kProto = "X-Forwarded-Proto";

/// The last element of a list: what the nearest proxy wrote.
std::string_view last_of(std::string_view list) { return trimmed(list.substr(list.rfind(',') + 1)); }

/// The last element of the last header of that name; empty when there is none.
std::string_view last_forwarded(std::span<const Header> headers, std::string_view name) {
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    if (equal_ignoring_case(header->name, name)) return last_of(header->value);
  }
  return {};
}

std::string_view scheme_of(bool tls) { return tls ? "https" : "http"; }

}  // namespace

std::optional<IpAddress> client_address(const Ingest& ingest, const IpAddress& peer,
                                        std::span<const Header> headers) {
  std::optional<IpAddress> client = peer;
  // Several headers of this name are one list, and each proxy adds what it saw at its end.
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    if (!equal_ignoring_case(header->name, kFor)) continue;
    std::string_view list = header->value;
    for (bool more = true; more && contains(ingest.trusted_proxies, *client);) {
      client = IpAddress::parse(last_of(list));
      if (!client) return std::nullopt;
      const std::size_t comma = list.rfind(',');
      more = comma != list.npos;
      list = list.substr(0, more ? comma : 0);
    }
  }
  return client;
}

bool allows(const Webhook& webhook, const Ingest& ingest, const IpAddress& peer,
            std::span<const Header> headers) {
  if (webhook.allow.empty()) return true;
  const auto client = client_address(ingest, peer, headers);
  return client && contains(webhook.allow, *client);
}

std::string public_url(const Settings& settings, const Webhook& webhook, const Peer& peer,
                       std::span<const Header> headers) {
  if (!webhook.public_url.empty()) return webhook.public_url;
  if (!settings.ingest.public_url.empty()) return settings.ingest.public_url;
  std::string_view scheme = scheme_of(peer.tls);
  std::string_view host = find_header(headers, "Host");
  if (contains(settings.ingest.trusted_proxies, peer.address)) {
    const std::string_view proto = last_forwarded(headers, kProto);
    const std::string_view forwarded_host = last_forwarded(headers, kHost);
    if (equal_ignoring_case(proto, "https") || equal_ignoring_case(proto, "http")) {
      scheme = scheme_of(proto.size() == scheme_of(true).size());
    }
    if (!forwarded_host.empty()) host = forwarded_host;
  }
  return std::string(scheme).append("://").append(host);
}

}  // namespace telephony::ingest
