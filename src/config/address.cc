#include "telephony_exporter/config/address.h"

#include <arpa/inet.h>

#include <charconv>

#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

bool is_ip(int family, const std::string& host) {
  in6_addr buffer{};
  return inet_pton(family, host.c_str(), &buffer) == 1;
}

}  // namespace

ListenAddress ListenAddress::parse(std::string_view text) {
  const auto fail = [&](const char* what) -> ListenAddress {
    throw ConfigError("listen address '" + std::string(text) + "': " + what +
                      "; write HOST:PORT, [HOST]:PORT or :PORT");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return fail("has no port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  ListenAddress address;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || error != std::errc{} || end != port.data() + port.size())
    return fail("has no valid port");
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  address.host = host;
  if (address.host == "localhost") address.host = "127.0.0.1";
  if (bracketed ? !is_ip(AF_INET6, address.host) : !address.host.empty() && !is_ip(AF_INET, address.host)) {
    return fail("the host is no IP address");
  }
  return address;
}

bool ListenAddress::is_loopback() const { return host.starts_with("127.") || host == "::1"; }

std::string ListenAddress::to_string() const {
  const bool v6 = host.find(':') != host.npos;
  return (v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

}  // namespace telephony
