// Configuration files: what they load to, secrets, the page that shows them, and what a reload keeps.
#include "telephony_exporter/config/settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "settings_fixture.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

/// One family and the codes given, each "CODE REASON".
std::string catalog_of(const std::vector<std::pair<std::string, std::string>>& codes,
                       const std::string& provider = "acme") {
  std::string text = "provider: " + provider + R"(
title: Acme
code_spaces:
  - name: all
    products: [voice, sms]
    title: All
    source: https://example.com/codes
    families:
      - {name: generic, title: Generic, unlisted: {category: request, severity: warning, retry: never}}
    codes:
)";
  for (const auto& [code, reason] : codes) {
    text += "      - {code: \"" + code + "\", reason: " + reason +
            ", family: generic, category: request, severity: warning, retry: never, message: Message of " +
            reason + ", meaning: m, remedy: r}\n";
  }
  return text +
         "events:\n"
         "  - {kind: any, when: [/a]}\n"
         "  - {kind: voice_only, when: [/b], products: [voice]}\n"
         "  - {kind: sms_only, when: [/c], products: [sms]}\n";
}

TEST(LoadSettings, ReadsEverything) {
  const TestDirectory directory;
  directory.write("acme.yml", catalog_of({{"1", "one"}}));
  directory.write("secret", "from a file\r\n");
  setenv("TELEPHONY_TEST_SECRET", "from the environment", 1);
  const std::string file = directory.write("config.yml", R"(
providers: [acme.yml]
accounts: {max: 7, allow: {acme: [vip, "42"]}}
journal: {sync: normal, dedup: {retention: 2d, max_keys: 1000}}
sources:
  - {name: open, provider: acme, product: voice, webhook: {path: /open, auth: none}}
  - {name: local, provider: acme, product: sms, webhook: {path: /a/b-c_d.e~f}}
  - name: secret
    provider: acme
    product: voice
    webhook: {path: /secret, auth: {header: {name: X-Key, secrets: [{env: TELEPHONY_TEST_SECRET}, {file: secret}]}}}
  - {name: log, provider: acme, product: voice, file: {paths: [/var/log/*.log, b.log]}}
trunks: {acme: {vip: 30, east: 4}}
)");
  const auto settings = load_settings(file);
  EXPECT_EQ(settings->accounts_max, 7U);
  EXPECT_EQ(settings->accounts_allow.at("acme"), (std::vector<std::string>{"vip", "42", "east"}));
  EXPECT_EQ(settings->trunks.at("acme"), (TrunkLimits{{"east", 4}, {"vip", 30}}));
  EXPECT_FALSE(settings->journal_sync_full);
  EXPECT_EQ(settings->dedup_retention, std::chrono::hours(48));
  EXPECT_EQ(settings->dedup_max_keys, 1000U);
  ASSERT_EQ(settings->sources.size(), 4U);

  const Source& open = *settings->source("open");
  EXPECT_EQ(open.provider, "acme");
  EXPECT_EQ(open.product, "voice");
  EXPECT_EQ(open.catalog, settings->catalogs.front().get());
  EXPECT_EQ(open.space, &open.catalog->spaces.front());
  EXPECT_EQ(open.webhook()->path, "/open");
  EXPECT_EQ(open.webhook()->place, file + ":6:12");
  EXPECT_TRUE(std::holds_alternative<AuthNone>(*open.webhook()->auth));
  EXPECT_FALSE(settings->source("local")->webhook()->auth);

  const auto& header = std::get<AuthHeader>(*settings->source("secret")->webhook()->auth);
  EXPECT_EQ(header.name, "X-Key");
  ASSERT_EQ(header.secrets.size(), 2U);
  EXPECT_EQ(header.secrets[0].value, "from the environment");
  EXPECT_EQ(header.secrets[1].value, "from a file") << "without its line end";

  EXPECT_EQ(settings->source("log")->webhook(), nullptr);
  EXPECT_EQ(std::get<LogFiles>(settings->source("log")->input).paths,
            (std::vector<std::string>{"/var/log/*.log", directory.path("b.log")}));

  std::vector<std::string> kinds;
  for (const EventRule* rule : settings->source("local")->rules) kinds.push_back(rule->kind);
  EXPECT_EQ(kinds, (std::vector<std::string>{"any", "sms_only"}));

  EXPECT_EQ(settings->at_path("/a/b-c_d.e~f"), settings->source("local"));
  EXPECT_EQ(settings->at_path("/a"), nullptr);
  EXPECT_EQ(settings->source("nobody"), nullptr);
}

TEST(LoadSettings, FillsInDefaults) {
  const auto settings = settings_of(catalog_of({{"1", "one"}}));
  EXPECT_EQ(settings->accounts_max, 100U);
  EXPECT_TRUE(settings->accounts_allow.empty());
  EXPECT_TRUE(settings->journal_sync_full);
  EXPECT_EQ(settings->dedup_retention, std::chrono::hours(96));
  EXPECT_EQ(settings->dedup_max_keys, 4'000'000U);
}

TEST(LoadSettings, TheHeaderIsAuthorizationUnlessNamed) {
  setenv("TELEPHONY_TEST_SECRET", "s", 1);
  const TestDirectory directory;
  directory.write("acme.yml", catalog_of({{"1", "one"}}));
  const auto settings = load_settings(directory.write("config.yml", R"(
providers: [acme.yml]
sources:
  - name: calls
    provider: acme
    product: voice
    webhook: {path: /calls, auth: {header: {secrets: [{env: TELEPHONY_TEST_SECRET}]}}}
)"));
  EXPECT_EQ(std::get<AuthHeader>(*settings->sources[0].webhook()->auth).name, "Authorization");
}

TEST(LoadSettings, TwoSourcesOfOneProductShareTheirSeries) {
  const auto settings =
      settings_of(catalog_of({{"1", "one"}, {"2", "two"}}),
                  "  - {name: again, provider: acme, product: voice, webhook: {path: /again, auth: none}}\n"
                  "  - {name: sms, provider: acme, product: sms, webhook: {path: /sms, auth: none}}\n");
  EXPECT_EQ(settings->sources[0].series, settings->sources[1].series);
  EXPECT_EQ(settings->sources[0].stream, settings->sources[1].stream);
  EXPECT_NE(settings->sources[0].stream, settings->sources[2].stream);
  EXPECT_EQ(settings->streams.size(), 2U);
  EXPECT_EQ(settings->table.errors().size(), 2 * (2U + 2))
      << "two products: two codes, one family, the unknown one";
}

TEST(LoadSettings, SeriesKeepTheirNumbersOverAReload) {
  const TestDirectory directory;
  const auto before = settings_of(directory, catalog_of({{"1", "one"}, {"2", "two"}}));
  const auto after = settings_of(directory, catalog_of({{"3", "three"}, {"2", "two"}}), "", before.get());
  const auto& old_series = before->sources[0].series;
  const auto& new_series = after->sources[0].series;
  EXPECT_EQ(new_series[1], old_series[1]) << "code 2";
  EXPECT_EQ(new_series[2], old_series[2]) << "the family's unlisted codes";
  EXPECT_EQ(std::count(old_series.begin(), old_series.end(), new_series[0]), 0) << "code 3 is new";
  const auto again = settings_of(directory, catalog_of({{"1", "one"}, {"2", "two"}}), "", after.get());
  EXPECT_EQ(again->sources[0].series, old_series) << "code 1 is back under its number";
  EXPECT_EQ(again->table.errors().size(), 5U);
}

TEST(SeriesTable, GivesEachSeriesOneNumber) {
  SeriesTable table;
  const StreamId voice = table.stream({"acme", "voice"}, {});
  const StreamId sms = table.stream({"acme", "sms"}, {});
  EXPECT_NE(voice, sms);
  EXPECT_EQ(table.stream({"acme", "voice"}, {}), voice);
  const SeriesId one = table.error({voice, "1", "one", ""}, {});
  EXPECT_EQ(table.error({voice, "1", "one", ""}, {}), one);
  EXPECT_NE(table.error({sms, "1", "one", ""}, {}), one);
  EXPECT_NE(table.error({voice, "1", "other", ""}, {}), one);
  EXPECT_NE(table.error({voice, "1", "one", "family"}, {}), one);
  EXPECT_EQ(table.errors()[one].reason, "one");
  EXPECT_EQ(table.streams()[sms].product, "sms");
}

TEST(ToYaml, ShowsDefaultsAndMasksSecrets) {
  setenv("TELEPHONY_TEST_SECRET", "hunter2", 1);
  const auto settings = settings_of(catalog_of({{"1", "one"}}), R"(  - name: secret
    provider: acme
    product: sms
    webhook: {path: /secret, auth: {header: {secrets: [{env: TELEPHONY_TEST_SECRET}, {env: TELEPHONY_TEST_SECRET}]}}}
  - {name: local, provider: acme, product: sms, webhook: {path: /local}}
  - {name: log, provider: acme, product: voice, file: {paths: [/var/log/*.log]}}
accounts: {allow: {acme: [vip]}}
trunks: {acme: {vip: 30, east: 4}}
)");
  EXPECT_EQ(to_yaml(*settings), R"(providers: [acme]
accounts:
  max: 100
  allow: {acme: [vip, east]}
trunks:
  acme: {east: 4, vip: 30}
exemplars: {session_id: false}
journal:
  sync: full
  dedup: {retention: 345600s, max_keys: 4000000}
ingest:
  trusted_proxies: []
sources:
  - name: calls
    provider: acme
    product: voice
    webhook:
      path: /calls
      auth: none
  - name: secret
    provider: acme
    product: sms
    webhook:
      path: /secret
      auth:
        header:
          name: Authorization
          secrets: [<secret>, <secret>]
  - name: local
    provider: acme
    product: sms
    webhook:
      path: /local
  - name: log
    provider: acme
    product: voice
    file:
      paths: [/var/log/*.log]
)");
}

TEST(ToYaml, ShowsWhereSyslogIsReceived) {
  const std::string page = to_yaml(*load_settings(SOURCE_DIRECTORY "/tests/testdata/syslog.yml"));
  EXPECT_EQ(page.substr(page.find("sources:")), R"(sources:
  - name: both
    provider: kamailio
    product: voice
    syslog:
      listen: 127.0.0.1:5514
      protocols: [udp, tcp]
  - name: datagrams
    provider: kamailio
    product: voice
    syslog:
      listen: :5515
      protocols: [udp]
      allow: [192.0.2.0/24, 2001:db8::/32]
  - name: streams
    provider: asterisk
    product: voice
    syslog:
      listen: 0.0.0.0:5515
      protocols: [tcp]
      auth: none
  - name: v6
    provider: asterisk
    product: voice
    syslog:
      listen: "[::1]:5514"
      protocols: [udp, tcp]
)");
}

TEST(Live, ReadersKeepTheSnapshotThatTheyTook) {
  const auto first = settings_of(catalog_of({{"1", "one"}}));
  const auto second = settings_of(catalog_of({{"2", "two"}}));
  Live live(first);
  const auto taken = live.get();
  live.set(second);
  EXPECT_EQ(taken, first);
  EXPECT_EQ(live.get(), second);
}

TEST(ShippedConfiguration, HasTheSourcesOfTheContract) {
  std::vector<std::string> sources;
  for (const Source& source : shipped_settings()->sources) {
    sources.push_back(source.name + ' ' + source.provider + ' ' + source.product + ' ' +
                      source.webhook()->path);
  }
  EXPECT_EQ(sources, (std::vector<std::string>{
                         "8x8-number-masking 8x8 number_masking /webhooks/8x8/number-masking",
                         "8x8-voice 8x8 voice /webhooks/8x8/voice",
                         "8x8-sms 8x8 sms /webhooks/8x8/sms",
                         "synthflow synthflow voice /webhooks/synthflow",
                         "restcomm-voice restcomm voice /webhooks/restcomm/voice",
                         "restcomm-sms restcomm sms /webhooks/restcomm/sms",
                     }));
  EXPECT_NO_THROW(require_auth(*shipped_settings(), "127.0.0.1:10066"));
  EXPECT_THROW(require_auth(*shipped_settings(), ":10066"), ConfigError);
}

TEST(ShippedConfiguration, TheContainersOneAsksForASecret) {
  const std::string file = SOURCE_DIRECTORY "/config/telephony_exporter.container.yml";
  unsetenv("TELEPHONY_EXPORTER_WEBHOOK_SECRET");
  EXPECT_THROW(load_settings(file), ConfigError);
  setenv("TELEPHONY_EXPORTER_WEBHOOK_SECRET", "Bearer x", 1);
  const auto settings = load_settings(file);
  unsetenv("TELEPHONY_EXPORTER_WEBHOOK_SECRET");
  EXPECT_NO_THROW(require_auth(*settings, ":10066"));
  std::vector<std::string> names, shipped;
  for (const Source& source : settings->sources) names.push_back(source.name);
  for (const Source& source : shipped_settings()->sources) shipped.push_back(source.name);
  EXPECT_EQ(names, shipped);
}

}  // namespace
}  // namespace telephony
