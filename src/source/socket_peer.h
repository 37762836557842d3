// The other end of a socket.
#pragma once

#include "source/forwarded.h"
#include "source/socket.h"

namespace telephony::ingest {

Peer peer_of(const boost::asio::ip::address& address, bool tls);
/// Nobody's address, ::, when the peer is gone already.
Peer peer_of(const Socket& socket, bool tls);

}  // namespace telephony::ingest
