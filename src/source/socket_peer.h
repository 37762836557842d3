// The other end of a socket.
#pragma once

#include "source/context.h"
#include "source/forwarded.h"

namespace telephony::ingest {

/// Nobody's address, ::, when the peer is gone already.
Peer peer_of(const Socket& socket, bool tls);

}  // namespace telephony::ingest
