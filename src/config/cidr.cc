#include "telephony_exporter/config/cidr.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace telephony {
namespace {

constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;

IpAddress first_bits(const IpAddress& address, unsigned bits) {
  IpAddress kept;
  for (unsigned bit = 0; bit < bits; ++bit) {
    kept.bytes[bit / 8] |= static_cast<unsigned char>(address.bytes[bit / 8] & (0x80U >> bit % 8));
  }
  return kept;
}

[[noreturn]] void refuse(std::string_view text, const std::string& what) {
  throw std::invalid_argument("'" + std::string(text) + "' " + what);
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string name(text);
  if (name.find('\0') != name.npos) return std::nullopt;  // where inet_pton would stop
  IpAddress address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  if (inet_pton(AF_INET, name.c_str(), address.bytes.data() + kMapped.size()) == 1) return address;
  if (inet_pton(AF_INET6, name.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

bool IpAddress::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_v4();
  inet_ntop(v4 ? AF_INET : AF_INET6, bytes.data() + (v4 ? kMapped.size() : 0), text.data(), text.size());
  return text.data();
}

Cidr Cidr::parse(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) refuse(text, "is no network; write ADDRESS/BITS, as in 192.0.2.0/24 or 2001:db8::/32");
  const bool v4 = text.substr(0, slash).find(':') == text.npos;
  const unsigned most = v4 ? 32 : 128;
  if (slash == text.size()) {
    refuse(text, "is an address without the length of its network; write " + std::string(text) + '/' +
                     std::to_string(most) + " for this address alone");
  }
  const std::string_view length = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (error != std::errc{} || end != length.data() + length.size() || bits > most) {
    refuse(text, "is no network; behind the slash stands a number from 0 to " + std::to_string(most));
  }
  Cidr cidr{*address, v4 ? bits + kMappedBits : bits};
  cidr.network = first_bits(*address, cidr.prefix);
  if (cidr.network == *address) return cidr;
  refuse(text, "has address bits behind the first " + std::to_string(bits) + "; write " + cidr.to_string() +
                   " for the network, or " + address->to_string() + '/' + std::to_string(most) +
                   " for the address alone");
}

bool Cidr::contains(const IpAddress& address) const {
  const bool network_v4 = prefix >= kMappedBits && network.is_v4();
  return address.is_v4() == network_v4 && first_bits(address, prefix) == network;
}

std::string Cidr::to_string() const {
  const bool v4 = prefix >= kMappedBits && network.is_v4();
  return network.to_string() + '/' + std::to_string(v4 ? prefix - kMappedBits : prefix);
}

bool contains(std::span<const Cidr> networks, const IpAddress& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Cidr& network) { return network.contains(address); });
}

}  // namespace telephony
