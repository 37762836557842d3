// Networks of IP addresses, as in 192.0.2.0/24 and 2001:db8::/32 (RFC 4632, RFC 4291).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace telephony {

/// An IPv6 address, or an IPv4 address as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2), so that both are equal.
struct IpAddress {
  std::array<unsigned char, 16> bytes{};

  static std::optional<IpAddress> parse(std::string_view text);
  bool is_v4() const;
  std::string to_string() const;
  bool operator==(const IpAddress&) const = default;
};

struct Cidr {
  IpAddress network;
  unsigned prefix = 128;  ///< in bits of the 16 bytes

  /// Throws std::invalid_argument, saying what to write.
  static Cidr parse(std::string_view text);

  /// An IPv6 network holds no IPv4 address, be it ::/0.
  bool contains(const IpAddress& address) const;
  std::string to_string() const;
};

bool contains(std::span<const Cidr> networks, const IpAddress& address);

}  // namespace telephony
