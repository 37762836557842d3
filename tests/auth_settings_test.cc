// How `auth`, `allow` and `ingest` are read from a configuration and shown again.
#include <gtest/gtest.h>

#include <cstdlib>

#include "settings_fixture.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

constexpr const char* kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: all
    products: [voice]
    title: All
    source: https://example.com/codes
    families:
      - {name: generic, title: Generic, unlisted: {category: request, severity: warning, retry: never}}
    codes:
      - {code: "1", reason: one, family: generic, category: request, severity: warning, retry: never, message: One,
         meaning: m, remedy: r}
signatures:
  - name: webhook
    hmac: {digest: sha1, encoding: base64, headers: [X-Acme-Signature, X-Other], content: url_and_form}
  - name: events
    ed25519: {header: Acme-Signature, timestamp_header: Acme-Time}
  - name: tokens
    jwt_hs256: {issuer: Acme, tolerance: 1m}
  - name: standard
    standard_webhooks: {}
)";

class AuthSettings : public testing::Test {
 protected:
  /// The settings of a configuration whose second source is `hook`, with what `webhook` says besides the
  /// path.
  std::shared_ptr<const Settings> load(const std::string& webhook, const std::string& more = "") const {
    setenv("TELEPHONY_TEST_SECRET", "hunter2", 1);
    return settings_of(
        directory_, kCatalog,
        "  - {name: hook, provider: acme, product: voice, webhook: {path: /hook, " + webhook + "}}\n" + more);
  }
  template <typename Scheme>
  Scheme scheme(const std::string& auth) const {
    return std::get<Scheme>(*load("auth: " + auth)->source("hook")->webhook()->auth);
  }
  AuthSignature signature(const std::string& auth) const { return scheme<AuthSignature>(auth); }

  /// What /config shows below the second source's path.
  std::string shown(const std::string& auth) const {
    const std::string page = to_yaml(*load("auth: " + auth));
    EXPECT_EQ(page.find("hunter2"), page.npos) << page;
    const std::size_t at = page.find("path: /hook\n");
    return page.substr(at + 12);
  }

  TestDirectory directory_;
};

TEST_F(AuthSettings, ReadsBasicAndBearer) {
  const auto basic = scheme<AuthBasic>("{basic: {user: al, secrets: [{env: TELEPHONY_TEST_SECRET}]}}");
  EXPECT_EQ(basic.user, "al");
  ASSERT_EQ(basic.secrets.size(), 1U);
  EXPECT_EQ(basic.secrets[0].value, "YWw6aHVudGVyMg==");
  directory_.write("token", "t0ken\n");
  const auto bearer =
      scheme<AuthBearer>("{bearer: {secrets: [{env: TELEPHONY_TEST_SECRET}, {file: token}]}}");
  ASSERT_EQ(bearer.secrets.size(), 2U);
  EXPECT_EQ(bearer.secrets[1].value, "t0ken");
}

TEST_F(AuthSettings, ReadsHmac) {
  const AuthSignature plain = signature(
      "{hmac: {digest: sha512, encoding: hex, headers: [X-Sig], content: body, secrets: [{env: "
      "TELEPHONY_TEST_SECRET}]}}");
  const auto& hmac = std::get<HmacScheme>(plain.scheme);
  EXPECT_EQ(hmac.digest, Digest::sha512);
  EXPECT_EQ(hmac.encoding, Encoding::hex);
  EXPECT_EQ(hmac.headers, std::vector<std::string>{"X-Sig"});
  EXPECT_EQ(hmac.prefix, "");
  EXPECT_FALSE(hmac.list);
  EXPECT_TRUE(std::holds_alternative<SignedBody>(hmac.content));
  EXPECT_EQ(plain.preset, "");
  ASSERT_EQ(plain.secrets.size(), 1U);
  EXPECT_EQ(plain.secrets[0].value, "hunter2");

  const AuthSignature timed = signature(
      "{hmac: {digest: sha256, encoding: base64, headers: [A, B], prefix: 'v0=', list: true, content: "
      "{timestamp_and_body: {header: X-Time, separator: ':', tolerance: 2m}}, secrets: [{env: "
      "TELEPHONY_TEST_SECRET}]}}");
  const auto& prefixed = std::get<HmacScheme>(timed.scheme);
  EXPECT_EQ(prefixed.prefix, "v0=");
  EXPECT_TRUE(prefixed.list);
  const auto& content = std::get<SignedTimestampAndBody>(prefixed.content);
  EXPECT_EQ(content.header, "X-Time");
  EXPECT_EQ(content.separator, ":");
  EXPECT_EQ(content.tolerance, std::chrono::minutes(2));

  const AuthSignature field = signature(
      "{hmac: {digest: sha1, encoding: hex, headers: [A], content: {field: [/Call/id, /b]}, secrets: "
      "[{env: TELEPHONY_TEST_SECRET}]}}");
  const auto& paths = std::get<SignedField>(std::get<HmacScheme>(field.scheme).content).alternatives;
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].pointer, "/Call/id");
  EXPECT_EQ(paths[0].segments, (std::vector<std::string>{"call", "id"}));
}

TEST_F(AuthSettings, ReadsPresetsOfTheProvider) {
  const AuthSignature webhook = signature("{preset: webhook, secrets: [{env: TELEPHONY_TEST_SECRET}]}");
  EXPECT_EQ(webhook.preset, "webhook");
  EXPECT_EQ(webhook.secrets[0].value, "hunter2");
  EXPECT_EQ(std::get<HmacScheme>(webhook.scheme).headers,
            (std::vector<std::string>{"X-Acme-Signature", "X-Other"}));
  const AuthSignature tokens = signature("{preset: tokens, secrets: [{env: TELEPHONY_TEST_SECRET}]}");
  EXPECT_EQ(std::get<JwtScheme>(tokens.scheme).issuer, "Acme");
  EXPECT_EQ(std::get<JwtScheme>(tokens.scheme).tolerance, std::chrono::minutes(1));
}

TEST_F(AuthSettings, DecodesTheKeysOfStandardWebhooks) {
  for (const char* text : {"whsec_aHVudGVyMg==", "aHVudGVyMg==\n"}) {
    directory_.write("key", text);
    EXPECT_EQ(signature("{preset: standard, secrets: [{file: key}]}").secrets[0].value, "hunter2") << text;
    EXPECT_EQ(signature("{standard_webhooks: {secrets: [{file: key}]}}").secrets[0].value, "hunter2") << text;
  }
}

TEST_F(AuthSettings, DecodesPublicKeys) {
  const std::string key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
  directory_.write("hex", key + '\n');
  directory_.write("base64", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  const AuthSignature both = signature("{preset: events, secrets: [{file: hex}, {file: base64}]}");
  ASSERT_EQ(both.secrets.size(), 2U);
  EXPECT_EQ(both.secrets[0].value.size(), 32U);
  EXPECT_EQ(both.secrets[0].value, both.secrets[1].value);
}

TEST_F(AuthSettings, ReadsNetworksAndPublicUrls) {
  const auto settings =
      load("auth: none, allow: [198.51.100.0/24, '2001:db8::/32'], public_url: 'http://a.example:8080'",
           "ingest: {trusted_proxies: [10.0.0.0/8], public_url: https://b.example/telephony}\n");
  const Webhook& webhook = *settings->source("hook")->webhook();
  ASSERT_EQ(webhook.allow.size(), 2U);
  EXPECT_EQ(webhook.allow[1].to_string(), "2001:db8::/32");
  EXPECT_EQ(webhook.public_url, "http://a.example:8080");
  ASSERT_EQ(settings->ingest.trusted_proxies.size(), 1U);
  EXPECT_EQ(settings->ingest.public_url, "https://b.example/telephony");
  const std::string page = to_yaml(*settings);
  EXPECT_NE(
      page.find("ingest:\n  trusted_proxies: [10.0.0.0/8]\n  public_url: https://b.example/telephony\n"),
      page.npos)
      << page;
  EXPECT_NE(page.find("      auth: none\n      allow: [198.51.100.0/24, 2001:db8::/32]\n      public_url: "
                      "http://a.example:8080\n"),
            page.npos)
      << page;
}

TEST_F(AuthSettings, TakesThePublicUrlsThatThereAre) {
  for (const char* url : {"https://a", "http://a.example", "https://192.0.2.1:1", "https://[2001:db8::1]",
                          "https://[2001:db8::1]:8443/x", "https://a_b.example:65535/a/b-c/~d"}) {
    EXPECT_EQ(load("public_url: '" + std::string(url) + "'")->source("hook")->webhook()->public_url, url);
  }
  for (const char* url : {"a.example",       "ftp://a",      "https://",     "https://a/",  "https://a/b/",
                          "https://a?b",     "https://a#b",  "https://u@a",  "https://a:",  "https://a:0",
                          "https://a:65536", "https://a:8o", "https://[::1", "https://[x]", "https://[::1]x",
                          "https://a b",     "https:/a",     "//a",          "https:///x",  "HTTPS://a"}) {
    EXPECT_THROW(load("public_url: '" + std::string(url) + "'"), ConfigError) << url;
  }
}

TEST_F(AuthSettings, ShowsEverySchemeWithoutItsSecrets) {
  const std::string secrets = "secrets: [{env: TELEPHONY_TEST_SECRET}]";
  EXPECT_EQ(shown("{basic: {user: al, " + secrets + "}}"),
            "      auth:\n        basic:\n          user: al\n          secrets: [<secret>]\n");
  EXPECT_EQ(shown("{bearer: {" + secrets + "}}"),
            "      auth:\n        bearer:\n          secrets: [<secret>]\n");
  EXPECT_EQ(shown("{preset: webhook, " + secrets + "}"),
            "      auth:\n        preset: webhook\n        secrets: [<secret>]\n");
  EXPECT_EQ(shown("{jwt_hs256: {issuer: X, " + secrets + "}}"),
            "      auth:\n        jwt_hs256:\n          issuer: X\n          tolerance: 300s\n"
            "          secrets: [<secret>]\n");
  EXPECT_EQ(
      shown("{hmac: {digest: sha256, encoding: hex, headers: [A, B], prefix: 'sha256=', content: body, " +
            secrets + "}}"),
      "      auth:\n        hmac:\n          digest: sha256\n          encoding: hex\n"
      "          headers: [A, B]\n          prefix: sha256=\n          list: false\n          content: body\n"
      "          secrets: [<secret>]\n");
}

TEST(AuthExamples, AreRead) {
  const std::string directory = SOURCE_DIRECTORY "/tests/testdata/auth/";
  const auto settings = load_settings(directory + "config.yml");
  EXPECT_EQ(settings->sources.size(), 10U);
  EXPECT_EQ(CatalogFiles().load(directory + "acme.yml")->signatures.size(), 8U);
  const std::string page = to_yaml(*settings);
  for (const char* secret : {"correct horse", "MfKQ9r8", "d75a98"}) {
    EXPECT_EQ(page.find(secret), page.npos) << page;
  }
}

/// What /config shows, read again with the secrets back in their place, is the same configuration.
TEST_F(AuthSettings, WhatIsShownCanBeReadAgain) {
  directory_.write("key", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const std::string env = "secrets: [{env: TELEPHONY_TEST_SECRET}]";
  const std::string hmac =
      "{hmac: {digest: sha1, encoding: base64, headers: [A], list: true, " + env + ", content: ";
  for (const std::string& auth :
       {std::string("{header: {name: X, ") + env + "}}", hmac + "url_and_form}}",
        hmac + "{timestamp_and_body: {header: T, separator: ' : ', tolerance: 1h}}}}",
        hmac + "{url_form_and_nonce: {header: N}}}}", hmac + "{field: [/a/b~1c, /d]}}}",
        std::string("{ed25519: {header: A, timestamp_header: B, encoding: hex, tolerance: 7s, secrets: "
                    "[{file: key}]}}"),
        std::string("{standard_webhooks: {secrets: [{file: key}]}}")}) {
    std::string page = shown(auth);
    const std::string place =
        auth.find("file: key") == auth.npos ? "{env: TELEPHONY_TEST_SECRET}" : "{file: key}";
    page.replace(page.find("<secret>"), 8, place);
    const auto settings = settings_of(
        directory_, kCatalog,
        "  - name: hook\n    provider: acme\n    product: voice\n    webhook:\n      path: /hook\n" + page);
    const std::string again = to_yaml(*settings);
    EXPECT_EQ(again.substr(again.find("path: /hook\n") + 12), shown(auth)) << auth;
  }
}

}  // namespace
}  // namespace telephony
