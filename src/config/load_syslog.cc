#include <algorithm>

#include "config/load.h"

namespace telephony {
namespace {

ListenAddress load_address(const Node& node) {
  ListenAddress address;
  try {
    address = ListenAddress::parse(node.text());
  } catch (const ConfigError& error) {
    node.fail(error.what());
  }
  if (address.port == 0) node.fail("no sender could know which port 0 is; write its number");
  return address;
}

void load_protocols(const Node& list, Syslog& syslog) {
  static constexpr std::array<std::string_view, 2> kProtocols = {"udp", "tcp"};
  syslog.udp = syslog.tcp = false;
  for (const Node& item : list.items()) {
    bool& protocol = item.choice(kProtocols) == 0 ? syslog.udp : syslog.tcp;
    if (protocol) item.fail("'" + item.text() + "' is here twice");
    protocol = true;
  }
  if (!syslog.udp && !syslog.tcp) list.fail("names no protocol; list udp, tcp or both");
}

/// Whether what is sent to the one could also be for the other.
bool overlap(const Syslog& a, const Syslog& b) {
  const auto every = [](const Syslog& s) {
    return s.listen.host.empty() || s.listen.host == "0.0.0.0" || s.listen.host == "::";
  };
  const bool host =
      every(a) || every(b) || IpAddress::parse(a.listen.host) == IpAddress::parse(b.listen.host);
  return host && a.listen.port == b.listen.port && ((a.udp && b.udp) || (a.tcp && b.tcp));
}

}  // namespace

Syslog load_syslog(const Node& node, const Settings& settings) {
  static constexpr std::array<std::string_view, 1> kAuth = {"none"};
  node.expect_keys({"listen", "protocols", "allow", "auth"});
  const Node listen = node.at("listen");
  Syslog syslog{load_address(listen)};
  if (const auto protocols = node.find("protocols")) load_protocols(*protocols, syslog);
  if (const auto allow = node.find("allow")) syslog.allow = load_allow(*allow);
  if (const auto auth = node.find("auth")) syslog.anybody = auth->choice(kAuth) == 0;
  if (!syslog.listen.is_loopback() && syslog.allow.empty() && !syslog.anybody) {
    listen.fail("address '" + listen.text() +
                "' can be reached from other hosts, and syslog proves nothing " +
                "of who sends; add 'allow', or 'auth: none' to accept anybody");
  }
  for (const Source& other : settings.sources) {
    if (other.syslog() != nullptr && overlap(*other.syslog(), syslog))
      listen.fail("source '" + other.name + "' listens on '" + other.syslog()->listen.to_string() +
                  "' already");
  }
  return syslog;
}

}  // namespace telephony
