// Valid signed requests with one bit changed, at every place, and what else a forger tries. What a scheme
// does not cover is said here as well.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ingest_fixture.h"
#include "signature_fixture.h"

namespace telephony {
namespace {

constexpr Verdict kAccepted = Verdict::accepted;
constexpr Verdict kRefused = Verdict::unauthenticated;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char flipped(char c, int bit) { return static_cast<char>(static_cast<unsigned char>(c) ^ (1U << bit)); }

class Tampering : public testing::TestWithParam<std::string> {
 protected:
  template <typename Content>
  const Content* content() const {
    const auto* hmac = std::get_if<HmacScheme>(&auth_.scheme);
    return hmac == nullptr ? nullptr : std::get_if<Content>(&hmac->content);
  }
  bool covers_form() const { return content<SignedUrlAndForm>() || content<SignedUrlFormAndNonce>(); }
  bool covers_url() const { return covers_form(); }
  bool covers_field_alone() const { return content<SignedField>() != nullptr; }

  /// Changes every bit of `text`, which is a part of `delivery`; `harmless` says where a change changes
  /// nothing that is signed.
  template <typename Harmless>
  void flip_all(const SignedDelivery& delivery, std::string& text, Harmless harmless) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (int bit = 0; bit < 8; ++bit, ++cases_) {
        const char good = std::exchange(text[i], flipped(text[i], bit));
        const Verdict expected = harmless(i, bit) ? kAccepted : kRefused;
        ASSERT_EQ(verdict(auth_, delivery), expected) << "byte " << i << ", bit " << bit << " of " << text;
        text[i] = good;
      }
    }
    ASSERT_EQ(verdict(auth_, delivery), kAccepted) << "put together again";
  }

  AuthSignature auth_ = auth_of(scheme_named(GetParam()).scheme);
  SignedDelivery good_ =
      Sender(std::string(kPublicUrl) + "/hooks/" + GetParam() + "?foo=1&bar=2").sign(auth_.scheme);
  std::size_t cases_ = 0;
};

constexpr auto kNowhere = [](std::size_t, int) { return false; };

TEST_P(Tampering, NoBitOfTheBodyCanBeChanged) {
  SignedDelivery delivery = good_;
  const std::string body = delivery.body;
  if (covers_field_alone()) {
    // Only the field is signed: its bytes can't be changed, the rest of the event can.
    const std::size_t from = body.find(Sender::kSignedField);
    for (std::size_t i = from; i < from + std::string_view(Sender::kSignedField).size(); ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        delivery.body[i] = flipped(body[i], bit);
        ASSERT_EQ(verdict(auth_, delivery), kRefused) << delivery.body;
        delivery.body[i] = body[i];
      }
    }
    delivery.body.replace(delivery.body.find("486"), 3, "503");
    EXPECT_EQ(verdict(auth_, delivery), kAccepted) << "the body is not covered";
    return;
  }
  // The hex digits of a "%2B" mean the same in both cases; a form is signed by what it means.
  flip_all(delivery, delivery.body, [&](std::size_t i, int bit) {
    const bool escaped = (i >= 1 && body[i - 1] == '%') || (i >= 2 && body[i - 2] == '%');
    return covers_form() && escaped && bit == 5 && is_letter(body[i]);
  });
  RecordProperty("cases", static_cast<int>(cases_));
}

// Names and values are signed without anything between them, as the providers do.
TEST_P(Tampering, AFormIsSignedWithoutSeparators) {
  if (!covers_form()) return;
  SignedDelivery delivery = good_;
  delivery.body.replace(delivery.body.find("CallSid=CA5f"), 12, "CallSidC=A5f");
  EXPECT_EQ(verdict(auth_, delivery), kAccepted);
  delivery.body.replace(delivery.body.find("CallSidC=A5f"), 12, "CallSidA=C5f");
  EXPECT_EQ(verdict(auth_, delivery), kRefused);
}

TEST_P(Tampering, NoBitOfTheHeadersCanBeChanged) {
  for (std::size_t h = 0; h < good_.headers.size(); ++h) {
    SignedDelivery delivery = good_;
    const std::string value = delivery.headers[h].second;
    const std::size_t scheme = value.starts_with("Bearer ") ? 6 : 0;
    // The name of an authentication scheme has no case (RFC 9110 section 11.1).
    flip_all(delivery, delivery.headers[h].second,
             [&](std::size_t i, int bit) { return i < scheme && bit == 5; });
  }
  RecordProperty("cases", static_cast<int>(cases_));
}

TEST_P(Tampering, NoBitOfTheUrlCanBeChanged) {
  SignedDelivery delivery = good_;
  if (covers_url()) return flip_all(delivery, delivery.url, kNowhere);
  delivery.url = "http://elsewhere.example/";
  EXPECT_EQ(verdict(auth_, delivery), kAccepted) << "the URL is not covered";
}

TEST_P(Tampering, NothingCanBeCutOrAdded) {
  for (std::size_t length = 0; length < good_.body.size(); ++length) {
    SignedDelivery delivery = good_;
    delivery.body.resize(length);
    // A form that ends with "Empty" means the same as one that ends with "Empty=".
    const bool same = covers_form() && good_.body == delivery.body + '=';
    ASSERT_EQ(verdict(auth_, delivery), same ? kAccepted : kRefused) << delivery.body;
  }
  for (std::size_t h = 0; h < good_.headers.size(); ++h) {
    const std::string value = good_.headers[h].second;
    SignedDelivery delivery = good_;
    for (std::size_t length = 0; length < value.size(); ++length) {
      delivery.headers[h].second = value.substr(0, length);
      ASSERT_EQ(verdict(auth_, delivery), kRefused) << delivery.headers[h].second;
    }
    for (const char* more : {"=", "A", "0", "\t"}) {
      delivery.headers[h].second = value + more;
      // A list ignores the white space around its elements.
      const auto* hmac = std::get_if<HmacScheme>(&auth_.scheme);
      const bool space =
          hmac != nullptr && hmac->list && good_.headers[h].first == hmac->headers.front() && *more == '\t';
      ASSERT_EQ(verdict(auth_, delivery), space ? kAccepted : kRefused) << delivery.headers[h].second;
    }
  }
  if (covers_field_alone()) return;
  for (const char* more : {" ", "\n", "&x=y", "x"}) {
    SignedDelivery delivery = good_;
    delivery.body += more;
    EXPECT_EQ(verdict(auth_, delivery), kRefused) << more;
  }
}

TEST_P(Tampering, ListsAreReadWhereTheSchemeHasThemOnly) {
  const auto* hmac = std::get_if<HmacScheme>(&auth_.scheme);
  if (hmac == nullptr) return;
  for (const bool list : {false, true}) {
    HmacScheme scheme = *hmac;
    scheme.list = list;
    const AuthSignature auth = auth_of(scheme);
    const std::string good = good_.headers.back().second;
    SignedDelivery delivery = good_;
    ASSERT_EQ(verdict(auth, delivery), kAccepted);
    for (std::size_t h = 0; h < delivery.headers.size(); ++h) {
      if (delivery.headers[h].first != scheme.headers.front()) continue;
      const std::string value = good_.headers[h].second;
      for (const std::string& text : {value + ",x", "x," + value, value + ", " + value, "," + value + ","}) {
        delivery.headers[h].second = text;
        EXPECT_EQ(verdict(auth, delivery), list ? kAccepted : kRefused) << text;
      }
      for (const char* text : {",", ",,", " ", "x,y"}) {
        delivery.headers[h].second = text;
        EXPECT_EQ(verdict(auth, delivery), kRefused) << text;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Schemes, Tampering, testing::ValuesIn(scheme_names()),
                         [](const auto& tested) { return tested.param; });

/// A source for every scheme, at /hooks/NAME.
std::shared_ptr<const Settings> signing_settings() {
  auto settings = std::make_shared<Settings>();
  auto catalog = std::make_unique<Catalog>();
  settings->ingest.public_url = kPublicUrl;
  for (const NamedScheme& named : all_schemes()) {
    Source source;
    source.name = named.name;
    source.input = Webhook{"/hooks/" + named.name, auth_of(named.scheme), ""};
    source.catalog = catalog.get();
    settings->sources.push_back(std::move(source));
  }
  settings->catalogs.push_back(std::move(catalog));
  return settings;
}

class TamperingServer : public IngestServerTest {
 protected:
  void SetUp() override {
    live_.set(signing_settings());
    IngestHooks hooks = recorder_.hooks();
    hooks.now = [] { return at_seconds(kSigningTime); };
    server_ = std::make_unique<IngestServer>("127.0.0.1:0", live_, std::move(hooks), log_);
  }

  static std::string request_of(const SignedDelivery& delivery) {
    const std::string target = delivery.url.substr(std::string_view(kPublicUrl).size());
    const char* type =
        delivery.format == BodyFormat::form ? "application/x-www-form-urlencoded" : "application/json";
    std::string text = "POST " + target + " HTTP/1.1\r\nHost: 10.0.0.5:10066\r\nContent-Type: " + type +
                       "\r\nContent-Length: " + std::to_string(delivery.body.size()) + "\r\n";
    for (const auto& [name, value] : delivery.headers)
      text.append(name).append(": ").append(value).append("\r\n");
    return text + "\r\n" + delivery.body;
  }

  static SignedDelivery delivery_of(const NamedScheme& named) {
    return Sender(std::string(kPublicUrl) + "/hooks/" + named.name + "?foo=1&bar=2").sign(named.scheme);
  }
};

TEST_F(TamperingServer, CountsWhatIsSigned) {
  std::size_t sent = 0;
  for (const NamedScheme& named : all_schemes()) {
    EXPECT_EQ(ask(request_of(delivery_of(named))).status, 200) << named.name;
    EXPECT_EQ(recorder_.accepted().size(), ++sent);
    EXPECT_EQ(recorder_.accepted().back().source, named.name);
  }
  EXPECT_TRUE(recorder_.refused().empty());
}

TEST_F(TamperingServer, RefusesWhatWasChangedAndCountsNothing) {
  std::size_t refused = 0;
  const auto expect_401 = [&](const NamedScheme& named, const SignedDelivery& delivery) {
    const IngestReply reply = ask(request_of(delivery));
    ASSERT_EQ(reply.status, 401) << named.name << '\n' << request_of(delivery);
    EXPECT_EQ(reply.json().value("cause", ""), "unauthenticated");
    EXPECT_TRUE(reply.has("\r\nWWW-Authenticate: Bearer\r\n"));
    ASSERT_EQ(recorder_.refused().size(), ++refused);
    EXPECT_EQ(recorder_.refused().back(), named.name + " unauthenticated");
  };
  for (const NamedScheme& named : all_schemes()) {
    const SignedDelivery good = delivery_of(named);
    const auto* hmac = std::get_if<HmacScheme>(&named.scheme);
    const bool field = hmac != nullptr && std::holds_alternative<SignedField>(hmac->content);
    const std::size_t from = field ? good.body.find(Sender::kSignedField) : 0;
    const std::size_t to = field ? from + std::string_view(Sender::kSignedField).size() : good.body.size();
    for (std::size_t i = from; i < to; i += 3) {
      SignedDelivery delivery = good;
      delivery.body[i] = flipped(good.body[i], 0);
      expect_401(named, delivery);
    }
    for (std::size_t h = 0; h < good.headers.size(); ++h) {
      for (std::size_t i = 0; i < good.headers[h].second.size(); i += 5) {
        SignedDelivery delivery = good;
        delivery.headers[h].second[i] = flipped(good.headers[h].second[i], 0);
        expect_401(named, delivery);
      }
      SignedDelivery delivery = good;
      delivery.headers.erase(delivery.headers.begin() + static_cast<std::ptrdiff_t>(h));
      expect_401(named, delivery);
    }
  }
  EXPECT_TRUE(recorder_.accepted().empty());
  EXPECT_GT(refused, 400U);
}

TEST_F(TamperingServer, VerifiesABodyInAnyPieces) {
  const NamedScheme named = all_schemes().back();
  SignedDelivery delivery = delivery_of(named);
  const std::string request = request_of(delivery);
  const std::size_t body = request.find("\r\n\r\n") + 4;
  for (const std::size_t cut : {body - 1, body, body + 1, request.size() - 1}) {
    IngestClient client = connect();
    client.send(request.substr(0, cut));
    EXPECT_EQ(client.ask(request.substr(cut)).status, 200) << cut;
    EXPECT_EQ(client.ask(request).status, 200) << "again on the same connection";
  }
  std::string chunked = request.substr(0, body);
  const std::string length = "Content-Length: " + std::to_string(delivery.body.size());
  chunked.replace(chunked.find(length), length.size(), "Transfer-Encoding: chunked");
  const std::string first = delivery.body.substr(0, 10), rest = delivery.body.substr(10);
  char size[16];
  std::snprintf(size, sizeof size, "%zx", rest.size());
  const std::string chunks = "a\r\n" + first + "\r\n" + size + "\r\n" + rest + "\r\n0\r\n\r\n";
  IngestClient client = connect();
  EXPECT_EQ(client.ask(chunked + chunks).status, 200);
  std::string changed = chunks;
  changed[5] = flipped(changed[5], 1);
  EXPECT_EQ(client.ask(chunked + changed).status, 401);
  EXPECT_EQ(client.ask(request).status, 200) << "the body was read, so the connection goes on";
  EXPECT_EQ(recorder_.refused(), std::vector<std::string>{named.name + " unauthenticated"});
}

TEST_F(TamperingServer, RefusesByTheHeadWhatTheHeadCanTell) {
  const NamedScheme named = all_schemes().back();
  const std::string request = request_of(delivery_of(named));
  std::string head = request.substr(0, request.find("\r\n\r\n") + 2);
  head.replace(head.find("Content-Length: "),
               head.find("\r\n", head.find("Content-Length: ")) - head.find("Content-Length: "),
               "Content-Length: 1000000");
  std::string missing = head;
  missing.replace(missing.find("webhook-signature"), 7, "webhoof");
  EXPECT_EQ(ask(missing + "\r\n").status, 401) << "no signature";
  EXPECT_EQ(ask(head + "webhook-signature: v1,AAAA\r\n\r\n").status, 401) << "two";
  std::string stale = head;
  stale.replace(stale.find("1760000000"), 10, "1759999699");
  EXPECT_EQ(ask(stale + "\r\n").status, 401) << "stale";
  EXPECT_EQ(recorder_.refused().size(), 3U);
}

}  // namespace
}  // namespace telephony
