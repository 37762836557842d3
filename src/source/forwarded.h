// Who really asks, and by which address, when a reverse proxy stands before the listener.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/event.h"

namespace telephony::ingest {

/// The other end of a connection.
struct Peer {
  IpAddress address;
  bool tls = false;  ///< it speaks TLS with the listener
};

/// The peer or, when that is a trusted proxy, the rightmost address of X-Forwarded-For that is none. Nothing
/// when a trusted proxy sent an X-Forwarded-For that is not a list of addresses.
std::optional<IpAddress> client_address(const Ingest& ingest, const IpAddress& peer,
                                        std::span<const Header> headers);

/// Whether the webhook takes requests from there. X-Forwarded-For is believed of trusted proxies alone.
bool allows(const Webhook& webhook, const Ingest& ingest, const IpAddress& peer,
            std::span<const Header> headers);

/// What stands before the path of the URL that the sender called: scheme://host[:port][/prefix]. It is the
/// webhook's public URL, or that of all webhooks, or is told by a trusted proxy's X-Forwarded-Proto and
/// X-Forwarded-Host, or by the connection and its Host.
std::string public_url(const Settings& settings, const Webhook& webhook, const Peer& peer,
                       std::span<const Header> headers);

}  // namespace telephony::ingest
