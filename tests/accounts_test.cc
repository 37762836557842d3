#include "telephony_exporter/record/accounts.h"

#include <gtest/gtest.h>

#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

TEST(LooksLikePhoneNumber, SevenDigitsAndDiallingPunctuation) {
  for (const char* number :
       {"+12025550143", "12025550143", "(202) 555-0143", "202.555.0143", "+44 20 7946 0958", "5550143",
        "202/5550143", "0000000", "tel:+12025550143;ext=1", "sip:+12025550143@example.com",
        "whatsapp:+12025550143", "12025550143@example.com", "+12025550143 ext 5", "+12025550143 (mobile)",
        "\"Bob2\" <sip:+12025550143@example.com>", "acme+12025550143", "%2B12025550143",
        "+1\u00a0202\u2011555\u20110143"}) {
    EXPECT_TRUE(looks_like_phone_number(number)) << number;
  }
  for (const char* other : {"", "555014", "acme", "acme_5550143", "AC0a1b2c3d4e5f", "+-.() /", "2025550143x",
                            "sip:acme@example.com", "acme:eu", "a1:acme"}) {
    EXPECT_FALSE(looks_like_phone_number(other)) << other;
  }
}

TEST(LooksLikeAddress, WithOrWithoutSchemeAndPort) {
  for (const char* address :
       {"192.0.2.9", "192.0.2.9:5060", "sip:192.0.2.9", "sip:192.0.2.9:5060;transport=tcp", "sips:192.0.2.9",
        "2001:db8::9", "[2001:db8::9]", "sip:[2001:db8::9]:5060", "::1"}) {
    EXPECT_TRUE(looks_like_address(address)) << address;
  }
  for (const char* other : {"", "acme", "gw-192.0.2.9", "192.0.2.9-east", "192.0.2", "1.2.3.4.5", "a:b",
                            "a:b:c", "[", "sip:", "sip:gw.example.com", "192.0.2.256"}) {
    EXPECT_FALSE(looks_like_address(other)) << other;
  }
}

TEST(IsAccount, WhatMayBecomeALabel) {
  const std::string longest(limits::kAccountBytes, 'a');
  for (const std::string& good :
       {std::string("acme"), std::string("AC0a1b2c3d4e5f"), std::string("Acme & Söhne"), std::string("123"),
        std::string("a\"\\b"), longest}) {
    EXPECT_TRUE(is_account(good)) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string("other"), longest + 'a', std::string("a\nb"), std::string("a\tb"),
        std::string("a\0b", 3), std::string("\x7f"), std::string("\xff\xfe"), std::string("\xc3"),
        std::string("+12025550143"), std::string("12025550143"), std::string("192.0.2.9")}) {
    EXPECT_FALSE(is_account(bad)) << bad;
  }
}

TEST(Accounts, TheFirstOnesGetNumbersAndTheRestIsOther) {
  Accounts accounts;
  accounts.limit(2, {});
  const AccountId a = accounts.admit("p", "a");
  const AccountId b = accounts.admit("p", "b");
  EXPECT_EQ(accounts.admit("p", "c"), kOtherAccount);
  EXPECT_EQ(accounts.admit("p", "a"), a);
  EXPECT_EQ(accounts.admit("p", "b"), b);
  EXPECT_EQ(std::set<AccountId>({a, b, kOtherAccount}).size(), 3U);
  EXPECT_EQ(accounts.name(a), "a");
  EXPECT_EQ(accounts.name(b), "b");
  EXPECT_EQ(accounts.name(kOtherAccount), "other");
  EXPECT_EQ(accounts.size(), 2U);
}

TEST(Accounts, WhatIsNoAccountIsOtherAndTakesNoRoom) {
  Accounts accounts;
  accounts.limit(1, {});
  EXPECT_EQ(accounts.admit("p", "+12025550143"), kOtherAccount);
  EXPECT_EQ(accounts.admit("p", "other"), kOtherAccount);
  EXPECT_EQ(accounts.size(), 0U);
  EXPECT_NE(accounts.admit("p", "a"), kOtherAccount);
}

TEST(Accounts, WhatWasAdmittedBeforeIsRestoredWhateverTheBudget) {
  Accounts accounts;
  accounts.limit(1, {});
  const AccountId a = accounts.restore("p", "a");
  const AccountId b = accounts.restore("p", "b");
  EXPECT_NE(a, b);
  EXPECT_EQ(accounts.restore("p", "other"), kOtherAccount);
  EXPECT_EQ(accounts.admit("p", "a"), a);
  EXPECT_EQ(accounts.admit("p", "c"), kOtherAccount);
}

TEST(Accounts, OneNameAtTwoProvidersIsTwoAccounts) {
  Accounts accounts;
  accounts.limit(2, {});
  EXPECT_NE(accounts.admit("p", "a"), accounts.admit("q", "a"));
  EXPECT_EQ(accounts.size(), 2U);
}

TEST(Accounts, AllowedOnesAreAdmittedBeyondTheBudget) {
  Accounts accounts;
  accounts.limit(1, {{"p", {"vip", "vip", "second"}}});
  EXPECT_EQ(accounts.size(), 2U);
  EXPECT_EQ(accounts.name(accounts.admit("p", "vip")), "vip");
  EXPECT_EQ(accounts.name(accounts.admit("p", "second")), "second");
  EXPECT_EQ(accounts.admit("q", "vip"), kOtherAccount);
}

TEST(Accounts, ALowerBudgetForgetsNobodyAndAHigherOneAdmitsAgain) {
  Accounts accounts;
  accounts.limit(2, {});
  const AccountId a = accounts.admit("p", "a");
  accounts.admit("p", "b");
  accounts.limit(1, {});
  EXPECT_EQ(accounts.admit("p", "a"), a);
  EXPECT_EQ(accounts.admit("p", "c"), kOtherAccount);
  accounts.limit(3, {});
  EXPECT_NE(accounts.admit("p", "c"), kOtherAccount);
}

}  // namespace
}  // namespace telephony
