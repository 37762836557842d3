// Who may deliver from where, with and without proxies, and by which URL a sender called.
#include "source/forwarded.h"

#include <gtest/gtest.h>

#include "ingest_fixture.h"

namespace telephony {
namespace {

using ingest::Peer;

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }

const Ingest kProxies{{Cidr::parse("10.0.0.0/8"), Cidr::parse("2001:db8::/32")}, "", {}};

std::string client(const char* peer, std::vector<Header> headers) {
  const auto found = ingest::client_address(kProxies, address(peer), headers);
  return found ? found->to_string() : "malformed";
}

TEST(ClientAddress, IsThePeerUnlessThatIsATrustedProxy) {
  EXPECT_EQ(client("203.0.113.7", {}), "203.0.113.7");
  EXPECT_EQ(client("203.0.113.7", {{"X-Forwarded-For", "198.51.100.1"}}), "203.0.113.7");
  EXPECT_EQ(client("203.0.113.7", {{"X-Forwarded-For", "nonsense"}}), "203.0.113.7");
  EXPECT_EQ(client("10.0.0.5", {}), "10.0.0.5");
}

TEST(ClientAddress, IsTheRightmostThatIsNoProxy) {
  EXPECT_EQ(client("10.0.0.5", {{"X-Forwarded-For", "198.51.100.1"}}), "198.51.100.1");
  EXPECT_EQ(client("::ffff:10.0.0.5", {{"x-forwarded-for", "198.51.100.1"}}), "198.51.100.1");
  EXPECT_EQ(client("10.0.0.5", {{"X-Forwarded-For", "1.1.1.1, 198.51.100.1"}}), "198.51.100.1");
  EXPECT_EQ(client("10.0.0.5", {{"X-Forwarded-For", "1.1.1.1,198.51.100.1 ,\t10.9.9.9, 2001:db8::7"}}),
            "198.51.100.1");
  EXPECT_EQ(
      client("10.0.0.5", {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-For", "198.51.100.1, 10.0.0.6"}}),
      "198.51.100.1")
      << "several headers are one list";
  EXPECT_EQ(client("10.0.0.5", {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-For", "10.0.0.6"}}), "1.1.1.1");
  EXPECT_EQ(client("10.0.0.5", {{"X-Forwarded-For", "10.0.0.7, 10.0.0.6"}}), "10.0.0.7")
      << "all of them proxies";
  EXPECT_EQ(client("10.0.0.5", {{"X-Forwarded-For", "nonsense, 198.51.100.1"}}), "198.51.100.1")
      << "what stands left of the client is its own";
  EXPECT_EQ(client("2001:db8::1", {{"X-Forwarded-For", "2001:db9::1"}}), "2001:db9::1");
}

TEST(ClientAddress, IsNobodysWhenTheListIsMalformed) {
  for (const char* list : {"", " ", ",", "nonsense", "198.51.100.1,", "198.51.100.1, x", "198.51.100.1:80",
                           "[::1]", "unknown", "198.51.100.1;10.0.0.1", "x, 10.0.0.6"}) {
    EXPECT_EQ(client("10.0.0.5", {{"X-Forwarded-For", list}}), "malformed") << list;
  }
}

TEST(Allows, WhoIsOnTheList) {
  Webhook webhook{"/hook", std::nullopt, ""};
  EXPECT_TRUE(
      ingest::allows(webhook, kProxies, address("10.0.0.5"), std::vector<Header>{{"X-Forwarded-For", "x"}}))
      << "no list";
  webhook.allow = {Cidr::parse("198.51.100.0/24"), Cidr::parse("::1/128")};
  const auto allowed = [&](const char* peer, std::vector<Header> headers) {
    return ingest::allows(webhook, kProxies, address(peer), headers);
  };
  EXPECT_TRUE(allowed("198.51.100.9", {}));
  EXPECT_TRUE(allowed("::ffff:198.51.100.9", {}));
  EXPECT_TRUE(allowed("::1", {}));
  EXPECT_FALSE(allowed("198.51.101.9", {}));
  EXPECT_FALSE(allowed("198.51.101.9", {{"X-Forwarded-For", "198.51.100.9"}})) << "not from a proxy of ours";
  EXPECT_TRUE(allowed("10.0.0.5", {{"X-Forwarded-For", "198.51.100.9"}}));
  EXPECT_FALSE(allowed("10.0.0.5", {{"X-Forwarded-For", "198.51.100.9, 203.0.113.7"}}))
      << "forged on the left";
  EXPECT_FALSE(allowed("10.0.0.5", {{"X-Forwarded-For", "x"}}));
  EXPECT_FALSE(allowed("10.0.0.5", {}));
}

TEST(PublicUrl, ComesFromTheNearestThatKnows) {
  Settings settings;
  settings.ingest = kProxies;
  Webhook webhook{"/hook", std::nullopt, ""};
  const auto url = [&](const char* peer, bool tls, std::vector<Header> headers) {
    headers.push_back({"Host", "listener:10066"});
    return ingest::public_url(settings, webhook, {address(peer), tls}, headers);
  };
  const std::vector<Header> forwarded = {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "a.example"}};
  EXPECT_EQ(url("203.0.113.7", false, {}), "http://listener:10066");
  EXPECT_EQ(url("203.0.113.7", true, {}), "https://listener:10066");
  EXPECT_EQ(url("203.0.113.7", false, forwarded), "http://listener:10066") << "from anybody";
  EXPECT_EQ(url("10.0.0.5", false, forwarded), "https://a.example");
  EXPECT_EQ(url("10.0.0.5", false, {{"X-Forwarded-Proto", "HTTPS"}}), "https://listener:10066");
  EXPECT_EQ(url("10.0.0.5", true, {{"X-Forwarded-Proto", "http"}}), "http://listener:10066");
  EXPECT_EQ(url("10.0.0.5", true, {{"X-Forwarded-Proto", "ftp"}}), "https://listener:10066");
  EXPECT_EQ(url("10.0.0.5", false, {{"X-Forwarded-Host", "x, a.example:8443"}}), "http://a.example:8443");
  settings.ingest.public_url = "https://all.example/telephony";
  EXPECT_EQ(url("10.0.0.5", false, forwarded), "https://all.example/telephony");
  webhook.public_url = "https://one.example";
  EXPECT_EQ(url("10.0.0.5", false, forwarded), "https://one.example");
}

class SenderTest : public IngestServerTest {
 protected:
  void configure(Ingest ingest, Webhook webhook) {
    auto settings = std::make_shared<Settings>();
    settings->catalogs.push_back(std::make_unique<Catalog>());
    settings->ingest = std::move(ingest);
    Source source;
    source.name = "hook";
    source.input = std::move(webhook);
    source.catalog = settings->catalogs.front().get();
    settings->sources.push_back(std::move(source));
    live_.set(settings);
  }
  static constexpr const char* kLine = "POST /hook HTTP/1.1";
};

TEST_F(SenderTest, LooksAtThePathThenTheMethodThenTheAddressThenTheSecret) {
  configure({}, {"/hook", AuthBearer{{Secret{"s"}}}, "", {Cidr::parse("192.0.2.0/24")}});
  expect_refused(ingest_request("{}", "", "GET /elsewhere HTTP/1.1"), 404);
  expect_refused(ingest_request("{}", "", "GET /hook HTTP/1.1"), 405);
  expect_refused(ingest_request("{}", "", kLine), 403, {"hook not_allowed"});
  expect_refused(ingest_request("{}", "Authorization: Bearer s\r\n", kLine), 403, {"hook not_allowed"});
  EXPECT_EQ(ask(ingest_request("{}", "", kLine)).json()["cause"], "not_allowed");
  configure({}, {"/hook", AuthBearer{{Secret{"s"}}}, "", {Cidr::parse("127.0.0.0/8")}});
  expect_refused(ingest_request("{}", "", kLine), 401, {"hook unauthenticated"});
  EXPECT_EQ(ask(ingest_request("{}", "Authorization: Bearer s\r\n", kLine)).status, 200);
}

TEST_F(SenderTest, BelievesATrustedProxyAboutTheClient) {
  const std::vector<Cidr> allow = {Cidr::parse("198.51.100.0/24")};
  const std::string forwarded = "X-Forwarded-For: 198.51.100.1\r\n";
  configure({}, {"/hook", AuthNone{}, "", allow});
  expect_refused(ingest_request("{}", forwarded, kLine), 403, {"hook not_allowed"});
  configure({{Cidr::parse("127.0.0.1/32")}, "", {}}, {"/hook", AuthNone{}, "", allow});
  expect_refused(ingest_request("{}", "X-Forwarded-For: 198.51.100.1, 203.0.113.7\r\n", kLine), 403,
                 {"hook not_allowed"});
  expect_refused(ingest_request("{}", "X-Forwarded-For: 198.51.100.1,\r\n", kLine), 403,
                 {"hook not_allowed"});
  expect_refused(ingest_request("{}", "", kLine), 403, {"hook not_allowed"});
  EXPECT_EQ(ask(ingest_request("{}", forwarded, kLine)).status, 200);
}

TEST_F(SenderTest, SaysHowToProveOneself) {
  configure({}, {"/hook", AuthBasic{"u", {Secret{"dTpw"}}}, ""});
  EXPECT_TRUE(ask(ingest_request("{}", "", kLine))
                  .has("\r\nWWW-Authenticate: Basic realm=\"telephony_exporter\", charset=\"UTF-8\"\r\n"));
  EXPECT_EQ(ask(ingest_request("{}", "Authorization: Basic dTpw\r\n", kLine)).status, 200);
  configure({}, {"/hook", AuthBearer{{Secret{"s"}}}, ""});
  EXPECT_TRUE(ask(ingest_request("{}", "", kLine)).has("\r\nWWW-Authenticate: Bearer\r\n"));
  EXPECT_FALSE(ask(ingest_request("{}", "", "POST /nowhere HTTP/1.1")).has("WWW-Authenticate"));
}

}  // namespace
}  // namespace telephony
