#include "telephony_exporter/config/cidr.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace telephony {
namespace {

bool within(const char* network, const char* address) {
  const auto parsed = IpAddress::parse(address);
  EXPECT_TRUE(parsed) << address;
  return parsed && Cidr::parse(network).contains(*parsed);
}

std::string message_of(const char* text) {
  try {
    Cidr::parse(text);
    return "no error";
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
}

TEST(Cidr, HoldsTheAddressesOfItsNetwork) {
  EXPECT_TRUE(within("192.0.2.0/24", "192.0.2.0"));
  EXPECT_TRUE(within("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(within("192.0.2.0/24", "192.0.3.0"));
  EXPECT_FALSE(within("192.0.2.0/24", "192.0.1.255"));
  EXPECT_TRUE(within("192.0.2.4/30", "192.0.2.7"));
  EXPECT_FALSE(within("192.0.2.4/30", "192.0.2.8"));
  EXPECT_TRUE(within("192.0.2.7/32", "192.0.2.7"));
  EXPECT_FALSE(within("192.0.2.7/32", "192.0.2.6"));
  EXPECT_TRUE(within("128.0.0.0/1", "255.255.255.255"));
  EXPECT_FALSE(within("128.0.0.0/1", "127.255.255.255"));
  EXPECT_TRUE(within("2001:db8::/32", "2001:db8:ffff::1"));
  EXPECT_FALSE(within("2001:db8::/32", "2001:db9::1"));
  EXPECT_TRUE(within("::1/128", "::1"));
}

TEST(Cidr, TakesAMappedAddressForTheIpv4AddressThatItIs) {
  EXPECT_TRUE(within("192.0.2.0/24", "::ffff:192.0.2.9"));
  EXPECT_TRUE(within("::ffff:192.0.2.0/120", "192.0.2.9"));
  EXPECT_EQ(Cidr::parse("::ffff:192.0.2.0/120").to_string(), "192.0.2.0/24");
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.9"), IpAddress::parse("192.0.2.9"));
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.9")->to_string(), "192.0.2.9");
}

TEST(Cidr, KeepsTheTwoProtocolsApart) {
  EXPECT_TRUE(within("0.0.0.0/0", "203.0.113.7"));
  EXPECT_FALSE(within("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(within("::/0", "2001:db8::1"));
  EXPECT_FALSE(within("::/0", "203.0.113.7"));
  EXPECT_FALSE(within("192.0.2.0/24", "2001:db8::c000:0207"));
}

TEST(Cidr, IsWrittenAsItWasRead) {
  for (const char* text : {"0.0.0.0/0", "10.0.0.0/8", "192.0.2.7/32", "::/0", "2001:db8::/32", "::1/128"}) {
    EXPECT_EQ(Cidr::parse(text).to_string(), text);
  }
}

TEST(Cidr, SaysWhatToWrite) {
  EXPECT_EQ(message_of("192.0.2.7"),
            "'192.0.2.7' is an address without the length of its network; write 192.0.2.7/32 for this "
            "address alone");
  EXPECT_EQ(
      message_of("2001:db8::1"),
      "'2001:db8::1' is an address without the length of its network; write 2001:db8::1/128 for this address "
      "alone");
  EXPECT_EQ(message_of("192.0.2.7/24"),
            "'192.0.2.7/24' has address bits behind the first 24; write 192.0.2.0/24 for the network, or "
            "192.0.2.7/32 "
            "for the address alone");
  EXPECT_EQ(message_of("2001:db8::1/32"),
            "'2001:db8::1/32' has address bits behind the first 32; write 2001:db8::/32 for the network, or "
            "2001:db8::1/128 for the address alone");
  for (const char* text : {"", "/", "/8", "example.com/8", "10/8", "10.0.0/8", "010.0.0.0/8", "10.0.0.0.0/8",
                           "10.0.0.256/8", " 10.0.0.0/8", "[::]/0", "fe80::1%eth0/64"}) {
    EXPECT_NE(message_of(text).find("is no network; write ADDRESS/BITS"), std::string::npos) << text;
  }
  for (const char* text :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0"}) {
    EXPECT_NE(message_of(text).find("a number from 0 to 32"), std::string::npos) << text;
  }
  EXPECT_NE(message_of("::/129").find("a number from 0 to 128"), std::string::npos);
  EXPECT_FALSE(IpAddress::parse(std::string_view("10.0.0.1\0x", 10)));
}

}  // namespace
}  // namespace telephony
