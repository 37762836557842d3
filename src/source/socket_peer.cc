#include "source/socket_peer.h"

namespace telephony::ingest {

namespace ip = boost::asio::ip;

Peer peer_of(const Socket& socket, bool tls) {
  boost::system::error_code gone;
  const ip::address address = socket.remote_endpoint(gone).address();
  return gone ? Peer{} : peer_of(address, tls);
}

Peer peer_of(const ip::address& address, bool tls) {
  const bool v4 = address.is_v4();
  const ip::address_v6 v6 = v4 ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
  return {{v6.to_bytes()}, tls};
}

}  // namespace telephony::ingest
