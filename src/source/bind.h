// Sockets at the addresses that operators write.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <type_traits>

#include "telephony_exporter/config/address.h"

namespace telephony::ingest {

/// Binds to every address when there is no host: of both protocols where the system has both. Throws
/// boost::system::system_error.
template <typename Protocol, typename Door>
void bind_to(Door& door, const ListenAddress& address) {
  namespace asio = boost::asio;
  boost::system::error_code no_ipv6;
  if (address.host.empty()) door.open(Protocol::v6(), no_ipv6);
  typename Protocol::endpoint endpoint(no_ipv6 ? Protocol::v4() : Protocol::v6(), address.port);
  if (!address.host.empty()) endpoint.address(asio::ip::make_address(address.host));
  if (!door.is_open()) door.open(endpoint.protocol());
  if (address.host.empty() && !no_ipv6) door.set_option(asio::ip::v6_only(false));
  // Two UDP sockets that reuse an address would both have it.
  if constexpr (std::is_same_v<Protocol, asio::ip::tcp>) door.set_option(typename Door::reuse_address(true));
  door.bind(endpoint);
}

}  // namespace telephony::ingest
