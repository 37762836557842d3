#include "telephony_exporter/config/address.h"

#include <gtest/gtest.h>

#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

TEST(ListenAddress, GoodOnes) {
  struct Case {
    const char* text;
    const char* host;
    int port;
    bool loopback;
    const char* shown;
  };
  const std::vector<Case> cases = {
      {"127.0.0.1:10066", "127.0.0.1", 10066, true, "127.0.0.1:10066"},
      {"127.8.9.1:1", "127.8.9.1", 1, true, "127.8.9.1:1"},
      {"localhost:0", "127.0.0.1", 0, true, "127.0.0.1:0"},
      {"[::1]:443", "::1", 443, true, "[::1]:443"},
      {":10065", "", 10065, false, ":10065"},
      {"0.0.0.0:65535", "0.0.0.0", 65535, false, "0.0.0.0:65535"},
      {"[::]:80", "::", 80, false, "[::]:80"},
      {"[2001:db8::1]:80", "2001:db8::1", 80, false, "[2001:db8::1]:80"},
      {"192.0.2.7:80", "192.0.2.7", 80, false, "192.0.2.7:80"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const ListenAddress address = ListenAddress::parse(c.text);
    EXPECT_EQ(address.host, c.host);
    EXPECT_EQ(address.port, c.port);
    EXPECT_EQ(address.is_loopback(), c.loopback);
    EXPECT_EQ(address.to_string(), c.shown);
  }
}

TEST(ListenAddress, BadOnes) {
  const std::map<std::string, std::string> cases = {
      {"", "has no port"},
      {"10065", "has no port"},
      {"127.0.0.1", "has no port"},
      {":", "has no valid port"},
      {":x", "has no valid port"},
      {":80x", "has no valid port"},
      {":-1", "has no valid port"},
      {": 80", "has no valid port"},
      {":65536", "has no valid port"},
      {"example.com:80", "the host is no IP address"},
      {"127.0.0.1.evil.example:80", "the host is no IP address"},
      {"127.1:80", "the host is no IP address"},
      {"::1:80", "the host is no IP address"},
      {"[127.0.0.1]:80", "the host is no IP address"},
      {"[::1:80", "the host is no IP address"},
      {"[]:80", "the host is no IP address"},
  };
  for (const auto& [text, what] : cases) {
    try {
      ListenAddress::parse(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const ConfigError& e) {
      EXPECT_EQ(e.what(),
                "listen address '" + text + "': " + what + "; write HOST:PORT, [HOST]:PORT or :PORT");
    }
  }
}

}  // namespace
}  // namespace telephony
