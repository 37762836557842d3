// Listen addresses as the Prometheus exporters write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace telephony {

/// `HOST:PORT`, `[HOST]:PORT` or `:PORT` (every address); HOST is an IPv4 or IPv6 address or "localhost".
struct ListenAddress {
  std::string host;  ///< without brackets; empty means every address
  std::uint16_t port = 0;

  /// Throws ConfigError.
  static ListenAddress parse(std::string_view text);

  bool is_loopback() const;       ///< reachable from this host alone
  std::string to_string() const;  ///< HOST:PORT, brackets where needed
};

}  // namespace telephony
