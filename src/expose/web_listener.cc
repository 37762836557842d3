#include "expose/web_listener.h"

#include <boost/asio/ip/v6_only.hpp>

#include "telephony_exporter/config/address.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int kBacklog = 4096;  // the kernel lowers it to net.core.somaxconn

WebListener open(asio::io_context& io, const tcp::endpoint& endpoint) {
  WebListener listener(io);
  listener.open(endpoint.protocol());
  listener.set_option(tcp::acceptor::reuse_address(true));
  if (endpoint.address().is_v6()) {
    listener.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()));
  }
  listener.bind(endpoint);
  listener.listen(kBacklog);
  return listener;
}

WebListener open_everywhere(asio::io_context& io, std::uint16_t port) {
  try {
    return open(io, {tcp::v6(), port});
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::address_family_not_supported) throw;
    return open(io, {tcp::v4(), port});  // a host without IPv6
  }
}

}  // namespace

WebListener listen_on(asio::io_context& io, std::string_view address) {
  const ListenAddress where = ListenAddress::parse(address);
  try {
    if (where.host.empty()) return open_everywhere(io, where.port);
    return open(io, {asio::ip::make_address(where.host), where.port});
  } catch (const boost::system::system_error& error) {
    throw ConfigError("cannot listen on " + where.to_string() + ": " + error.code().message());
  }
}

std::string bound_address(const WebListener& listener) {
  const auto endpoint = listener.local_endpoint();
  return ListenAddress{endpoint.address().to_string(), endpoint.port()}.to_string();
}

}  // namespace telephony
