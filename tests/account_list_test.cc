// The list that says which account is meant by what a record says.
#include <gtest/gtest.h>

#include "settings_fixture.h"
#include "telephony_exporter/decode/decoder.h"

namespace telephony {
namespace {

const char* const kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: failure, title: Failures, pattern: "4xx", unlisted: {category: user, severity: info, retry: never}}
    codes:
      - {code: "486", reason: busy, family: failure, category: user, severity: info, retry: never, message: Busy,
         meaning: m, remedy: r}
layouts:
  - {as: pairs, after: ["ACC: "]}
events:
  - kind: call
    when: [/code]
    code: [/code]
    account: [/trunk, /gateway, {field: /to, after: "gw/", before: "/", listed: true}, {field: /ip, listed: true}]
lines:
  - {kind: log, pattern: 'trunk {account} failed with {code}'}
)";

const char* const kList = R"(accounts:
  max: 1
  allow: {acme: [known]}
  map: {acme: {gw-east: carrier-a, gw-west: carrier-b, "192.0.2.9": carrier-b, known: renamed}}
)";

/// The accounts of the lines, in their order; "-" where there is none.
std::string accounts(const Settings& settings, std::string_view lines) {
  Decoder decoder;
  RawEvent raw;
  raw.format = BodyFormat::text;
  raw.body = lines;
  std::string out;
  decoder.decode(settings.sources.front(), raw, [&](const Record& record) {
    const std::string_view account = std::get<Event>(record).account;
    out += (out.empty() ? "" : " ") + std::string(account.empty() ? "-" : account);
  });
  return out;
}

TEST(AccountList, WithoutOneAccountsAreTakenAsTheyAreTold) {
  const auto settings = settings_of(kCatalog);
  EXPECT_EQ(accounts(*settings,
                     "ACC: code=486;trunk=gw-east\nACC: code=486;gateway=gw-new\n"
                     "ACC: code=486\ntrunk gw-east failed with 486\n"),
            "gw-east gw-new - gw-east");
  EXPECT_EQ(accounts(*settings, "ACC: code=486;ip=192.0.2.9\nACC: code=486;to=gw/gw-east/+12025550123\n"),
            "- -")
      << "what only a list may name";
}

TEST(AccountList, NamesWhatItKnowsAndCountsTheRestAsOther) {
  const auto settings = settings_of(kCatalog, kList);
  EXPECT_EQ(accounts(*settings,
                     "ACC: code=486;trunk= gw-east \nACC: code=486;gateway=gw-west\n"
                     "ACC: code=486;trunk=gw-new\nACC: code=486\nACC: code=486;trunk=GW-EAST\n"),
            "carrier-a carrier-b other - other");
  EXPECT_EQ(accounts(*settings, "trunk gw-east failed with 486\ntrunk gw-new failed with 486\n"),
            "carrier-a other");
}

TEST(AccountList, TheFirstFieldThatItKnowsWins) {
  const auto settings = settings_of(kCatalog, kList);
  EXPECT_EQ(accounts(*settings,
                     "ACC: code=486;trunk=gw-new;gateway=gw-west\n"
                     "ACC: code=486;trunk=gw-new;ip=192.0.2.9\n"
                     "ACC: code=486;ip=192.0.2.9\n"
                     "ACC: code=486;to=gw/gw-east/+12025550123;ip=192.0.2.9\n"),
            "carrier-b carrier-b carrier-b carrier-a");
  EXPECT_EQ(accounts(*settings, "ACC: code=486;ip=192.0.2.10\nACC: code=486;to=gw/gw-new/+12025550123\n"),
            "- -")
      << "an address that is not on the list is no account";
}

TEST(AccountList, ANameThatItGivesOrThatIsAllowedStandsForItself) {
  const auto settings = settings_of(kCatalog, kList);
  EXPECT_EQ(accounts(*settings, "ACC: code=486;trunk=carrier-a\nACC: code=486;trunk=renamed\n"),
            "carrier-a renamed");
  EXPECT_EQ(accounts(*settings, "ACC: code=486;trunk=known\n"), "renamed") << "the list itself goes first";
}

TEST(AccountList, ItsNamesAreAllowedOnce) {
  const auto settings = settings_of(kCatalog, kList);
  EXPECT_EQ(settings->accounts_allow.at("acme"),
            (std::vector<std::string>{"known", "carrier-b", "carrier-a", "renamed"}));
}

TEST(AccountList, IsShown) {
  const auto settings = settings_of(kCatalog, "accounts: {map: {acme: {\"192.0.2.9\": carrier-a}}}\n");
  const std::string yaml = to_yaml(*settings);
  EXPECT_NE(yaml.find("  allow: {acme: [carrier-a]}\n"
                      "  map:\n    acme: {192.0.2.9: carrier-a, carrier-a: carrier-a}\n"),
            yaml.npos)
      << yaml;
}

}  // namespace
}  // namespace telephony
