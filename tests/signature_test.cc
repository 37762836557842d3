// Signature schemes against the vectors that others published, and what each scheme asks of a request.
#include <gtest/gtest.h>

#include "auth/digest.h"
#include "auth/parameters.h"
#include "signature_fixture.h"
#include "telephony_exporter/config/text_encoding.h"

namespace telephony {
namespace {

constexpr Verdict kAccepted = Verdict::accepted;
constexpr Verdict kRefused = Verdict::unauthenticated;

AuthSignature signature(SignatureScheme scheme, std::vector<std::string> keys) {
  AuthSignature auth{"", std::move(scheme), {}};
  for (std::string& key : keys) auth.secrets.push_back({std::move(key)});
  return auth;
}

TEST(Hmac, AgreesWithTheRfcs) {
  struct Vector {
    Digest digest;
    std::string key, data, mac;
  };
  const std::string larger = "Test Using Larger Than Block-Size Key - Hash Key First";
  std::string counted;
  for (char c = 1; c <= 25; ++c) counted += c;
  const Vector vectors[] = {
      // RFC 2202 section 3
      {Digest::sha1, std::string(20, '\x0b'), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"},
      {Digest::sha1, "Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
      {Digest::sha1, std::string(20, '\xaa'), std::string(50, '\xdd'),
       "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
      {Digest::sha1, std::string(80, '\xaa'), larger, "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
      // RFC 4231 section 4
      {Digest::sha256, std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {Digest::sha256, "Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {Digest::sha256, std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {Digest::sha256, counted, std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {Digest::sha256, std::string(131, '\xaa'), larger,
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {Digest::sha512, std::string(20, '\x0b'), "Hi There",
       "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
       "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
      {Digest::sha512, "Jefe", "what do ya want for nothing?",
       "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
       "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
      {Digest::sha512, std::string(131, '\xaa'), larger,
       "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
       "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"}};
  for (const Vector& v : vectors) {
    EXPECT_EQ(hex_of(auth::hmac(v.digest, v.key, {v.data})), v.mac);
    EXPECT_EQ(hex_of(auth::hmac(v.digest, v.key, {v.data.substr(0, 3), "", v.data.substr(3)})), v.mac)
        << "in pieces";
  }
  EXPECT_EQ(auth::hmac(Digest::sha256, "", {"data"}), "") << "there is no empty key";
}

TEST(Hmac, ComparesTextsOfEqualLengthOnly) {
  EXPECT_TRUE(auth::equal("abc", "abc"));
  for (const char* other : {"", "ab", "abcd", "abC", "xbc"}) EXPECT_FALSE(auth::equal(other, "abc")) << other;
  EXPECT_FALSE(auth::equal("", ""));
}

TEST(Ed25519, AgreesWithRfc8032) {
  struct Vector {
    const char* seed;
    const char* key;
    const char* message;
    const char* signature;
  };
  // RFC 8032 section 7.1, tests 1 to 3
  const Vector vectors[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
       "d25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
       "387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
       "4a7c15e9716ed28dc027beceea1ec40a"}};
  for (const Vector& v : vectors) {
    const std::string key = bytes_of_hex(v.key), message = bytes_of_hex(v.message);
    std::string made = bytes_of_hex(v.signature);
    EXPECT_TRUE(auth::ed25519_verify(key, message, made));
    EXPECT_FALSE(auth::ed25519_verify(key, message + 'x', made));
    EXPECT_FALSE(auth::ed25519_verify(key, message, made.substr(0, 63)));
    EXPECT_FALSE(auth::ed25519_verify(key, message, made + '\0'));
    made[5] = static_cast<char>(made[5] ^ 1);
    EXPECT_FALSE(auth::ed25519_verify(key, message, made));
    EXPECT_FALSE(auth::ed25519_verify("short", message, made));
    EXPECT_FALSE(auth::ed25519_verify("", message, ""));
  }
}

TEST(Encodings, AreStrict) {
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");  // RFC 4648 section 10
  EXPECT_EQ(to_base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
  EXPECT_EQ(from_base64("Zm9vYg=="), "foob");
  EXPECT_EQ(from_base64(""), "");
  for (const char* bad :
       {"Zm9vYg", "Zm9vYg=", "Zm9vYg===", "Zm9vYh==", "Zm9v Yg==", "Zm9vYg==\n", "=", "Zm9-", "Z"}) {
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(from_base64url("-_8"), "\xfb\xff");
  for (const char* bad : {"-_8=", "-_9", "+/8", "-"}) EXPECT_EQ(from_base64url(bad), std::nullopt) << bad;
  EXPECT_EQ(to_hex("\x01\xfe"), "01fe");
  EXPECT_EQ(from_hex("01fe"), "\x01\xfe");
  for (const char* bad : {"01FE", "0", "0x", "zz"}) EXPECT_EQ(from_hex(bad), std::nullopt) << bad;
}

TEST(Parameters, AreDecodedAndSorted) {
  const auth::Parameters expected = {{"", "x"},  {"a", ""},    {"a", "1 2"},
                                     {"b", "%"}, {"b", "%g1"}, {"b", "+="}};
  EXPECT_EQ(auth::sorted_parameters("b=%2B=&a=1+2&&b=%g1&a&=x&b=%"), expected);
  EXPECT_EQ(auth::query_of("https://a/b?c?d"), "c?d");
  EXPECT_EQ(auth::query_of("https://a/b"), "");
  EXPECT_EQ(auth::query_of("https://a/b?"), "");
  EXPECT_EQ(auth::query_of(""), "");
}

// twilio-python, tests/unit/test_request_validator.py
const SignatureScheme kUrlAndForm =
    HmacScheme{Digest::sha1, Encoding::base64, {"X-Sig"}, "", false, SignedUrlAndForm{}};
constexpr const char* kUrl = "https://mycompany.com/myapp.php?foo=1&bar=2";
constexpr const char* kForm =
    "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
constexpr const char* kJsonHash =
    "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
constexpr const char* kJson = R"({"property": "value", "boolean": true})";

TEST(UrlAndForm, AgreesWithThePublishedVectors) {
  const AuthSignature auth = signature(kUrlAndForm, {"12345"});
  const SignedDelivery form{{{"X-Sig", "RSOYDt4T1cUTdK1PDd93/VVr8B8="}}, kUrl, BodyFormat::form, kForm};
  EXPECT_EQ(verdict(auth, form), kAccepted);
  const SignedDelivery json{
      {{"X-Sig", "a9nBmqA0ju/hNViExpshrM61xv4="}}, std::string(kUrl) + kJsonHash, BodyFormat::json, kJson};
  EXPECT_EQ(verdict(auth, json), kAccepted);
}

TEST(UrlAndForm, TakesTheDefaultPortForNone) {
  const auto signed_for = [](const std::string& url) { return base64_of(mac_of(EVP_sha1(), "12345", url)); };
  const AuthSignature auth = signature(kUrlAndForm, {"12345"});
  const auto check = [&](const std::string& made_for, const std::string& received) {
    return verdict(auth, {{{"X-Sig", signed_for(made_for)}}, received, BodyFormat::form, ""});
  };
  EXPECT_EQ(check("https://a.example:443/b?c", "https://a.example/b?c"), kAccepted);
  EXPECT_EQ(check("https://a.example/b?c", "https://a.example:443/b?c"), kAccepted);
  EXPECT_EQ(check("http://a.example:80/b", "http://a.example/b"), kAccepted);
  EXPECT_EQ(check("https://[2001:db8::1]/b", "https://[2001:db8::1]:443/b"), kAccepted);
  EXPECT_EQ(check("https://[2001:db8::1]:443", "https://[2001:db8::1]"), kAccepted);
  EXPECT_EQ(check("https://a.example:8443/b", "https://a.example:8443/b"), kAccepted);
  EXPECT_EQ(check("https://a.example/b", "https://a.example:8443/b"), kRefused);
  EXPECT_EQ(check("https://a.example:80/b", "https://a.example/b"), kRefused);
  EXPECT_EQ(check("http://a.example/b", "https://a.example/b"), kRefused);
}

TEST(UrlAndForm, WantsTheBodyCovered) {
  const AuthSignature auth = signature(kUrlAndForm, {"12345"});
  const auto check = [&](const std::string& url, BodyFormat format, const std::string& body) {
    return verdict(auth, {{{"X-Sig", base64_of(mac_of(EVP_sha1(), "12345", url))}}, url, format, body});
  };
  EXPECT_EQ(check(kUrl, BodyFormat::json, kJson), kRefused) << "no digest in the query";
  EXPECT_EQ(check(std::string(kUrl) + kJsonHash, BodyFormat::json, "{}"), kRefused);
  EXPECT_EQ(check(std::string(kUrl) + kJsonHash + kJsonHash, BodyFormat::json, kJson), kRefused) << "twice";
  EXPECT_EQ(check(std::string(kUrl) + kJsonHash, BodyFormat::form, ""), kRefused)
      << "a JSON delivery made empty and called a form";
  EXPECT_EQ(check(std::string(kUrl) + "&bodySHA256=", BodyFormat::json, ""), kRefused);
}

TEST(UrlAndForm, CountsAValueOnce) {
  // twilio-python, compute_signature: the values of a name as a sorted set
  const std::string text = std::string(kUrl) + "Codec" + "a" + "Codec" + "b";
  const SignedDelivery delivery{{{"X-Sig", base64_of(mac_of(EVP_sha1(), "12345", text))}},
                                kUrl,
                                BodyFormat::form,
                                "Codec=b&Codec=a&Codec=b"};
  EXPECT_EQ(verdict(signature(kUrlAndForm, {"12345"}), delivery), kAccepted);
}

// plivo-python, plivo/utils/signature_v3.py; signatures computed with its functions' steps in Python
TEST(UrlFormAndNonce, AgreesWithTheSdk) {
  const SignatureScheme scheme =
      HmacScheme{Digest::sha256, Encoding::base64, {"X-Sig"}, "", true, SignedUrlFormAndNonce{"X-Nonce"}};
  const AuthSignature auth = signature(scheme, {"my_auth_token"});
  const std::string form =
      "CallUUID=97ceeb52-58b6-11e1-86da-77300b68f8bb&From=14153335555&HangupCause=NORMAL_CLEARING";
  const auto check = [&](const std::string& url, const std::string& made, const std::string& body) {
    return verdict(auth, {{{"X-Nonce", "12345"}, {"X-Sig", made}}, url, BodyFormat::form, body});
  };
  const std::string url = "https://answer.url/hangup";
  EXPECT_EQ(check(url, "8EoflSskx6Efiq/83iOtRdozQaw2N8+amHuj1GMYgbQ=", form), kAccepted);
  EXPECT_EQ(check(url + "?b=1&a=x+y", "Qw5jvuzy61cyfYXyrSh6rR+XlPJhd0HWcQuFiRX2CsI=", form), kAccepted);
  EXPECT_EQ(check(url, "mq50IkWQkcXPA2t8CdI+wpfPZD1YFWcpbMS5YfQxy0w=", ""), kAccepted);
  EXPECT_EQ(check(url + "?a=1", "1shAYy5bxqItFuHeGCxfIjJvAuGx0nRLQ8QuLuOMpks=", ""), kAccepted);
  EXPECT_EQ(check(url, "other=, 8EoflSskx6Efiq/83iOtRdozQaw2N8+amHuj1GMYgbQ=,more=", form), kAccepted)
      << "a list, as while a token is rotated";
  EXPECT_EQ(check(url, "8EoflSskx6Efiq/83iOtRdozQaw2N8+amHuj1GMYgbQ", form), kRefused);
  EXPECT_EQ(verdict(auth, {{{"X-Nonce", "12345"}, {"X-Sig", "8EoflSskx6Efiq/83iOtRdozQaw2N8+amHuj1GMYgbQ="}},
                           url,
                           BodyFormat::json,
                           form}),
            kRefused)
      << "only a form is covered";
}

// plivo-python, tests/resources/test_signature.py: V2 signs the URL and the nonce as they are
TEST(Hmac, AgreesWithAPublishedSignatureOverUrlAndNonce) {
  EXPECT_EQ(base64_of(auth::hmac(Digest::sha256, "my_auth_token", {"https://answer.url", "12345"})),
            "ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=");
}

TEST(StandardWebhooks, AgreesWithThePublishedExample) {
  const auto key = from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  ASSERT_TRUE(key);
  const AuthSignature auth = signature(StandardWebhooksScheme{}, {*key});
  SignedDelivery delivery{{{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                           {"webhook-timestamp", "1614265330"},
                           {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}},
                          "",
                          BodyFormat::json,
                          R"({"test": 2432232314})"};
  const WallTime now = at_seconds(1614265330);
  EXPECT_EQ(verdict(auth, delivery, now), kAccepted);
  const std::string good = delivery.header("webhook-signature");
  for (const std::string& list : {"v1,AAAA " + good, good + " v1a,AAAA", "v2,x " + good + " v1,"}) {
    delivery.header("webhook-signature") = list;
    EXPECT_EQ(verdict(auth, delivery, now), kAccepted) << list;
  }
  for (const std::string& list : {good.substr(3), "v1a" + good.substr(2), "v2" + good.substr(2), good + ",x",
                                  "v1 ," + good.substr(3), std::string("v1,"), std::string(" ")}) {
    delivery.header("webhook-signature") = list;
    EXPECT_EQ(verdict(auth, delivery, now), kRefused) << list;
  }
}

// RFC 7515 appendix A.1: the token is authentic, and lacks what a webhook's must say
TEST(Jwt, AgreesWithRfc7515AndWantsMore) {
  const std::string input =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const std::string key = bytes_of_hex(
      "0323354b2b0fa5bc837e0665777ba68f5ab328e6f054c928a90f84b2d2502ebf"
      "d3fb5a92d20647ef968ab4c377623d223d2e2172052e4f08c0cd9af567d080a3");
  EXPECT_EQ(to_base64url(auth::hmac(Digest::sha256, key, {input})),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  const SignedDelivery delivery{
      {{"Authorization", "Bearer " + input + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}}, "", {}, ""};
  EXPECT_EQ(verdict(signature(JwtScheme{}, {key}), delivery, at_seconds(1300819380)), kRefused);
}

class JwtTest : public testing::Test {
 protected:
  static Verdict check(const std::string& header, const std::string& claims) {
    return check_token(Sender::token(header, claims));
  }
  static Verdict check_token(const std::string& token, const std::string& issuer = "acme") {
    const AuthSignature auth = signature(JwtScheme{issuer}, {"old key", Sender::kKey});
    return verdict(auth, {{{"Authorization", "Bearer " + token}}, "", BodyFormat::json, "{}"});
  }
  static std::string claims(const std::string& more, const std::string& issuer = "acme") {
    return R"({"iss":")" + issuer + R"(","payload_hash":")" + hex_of(digest_of(EVP_sha256(), "{}")) + "\"" +
           more + "}";
  }
  static std::string issued(std::int64_t after) { return ",\"iat\":" + std::to_string(kSigningTime + after); }
  static constexpr const char* kHead = R"({"alg":"HS256","typ":"JWT"})";
};

TEST_F(JwtTest, AcceptsWhatIsSignedNowForThisBody) {
  for (const std::string& more : {issued(0), issued(-300), issued(300), std::string(",\"iat\":1760000000.5"),
                                  issued(0) + ",\"exp\":1760000001", issued(0) + ",\"exp\":1759999701",
                                  issued(0) + ",\"nbf\":1760000300"}) {
    EXPECT_EQ(check(kHead, claims(more)), kAccepted) << more;
  }
}

TEST_F(JwtTest, RefusesClaimsThatDoNotHold) {
  const std::string hash = hex_of(digest_of(EVP_sha256(), "{}"));
  for (const std::string& wrong :
       {claims(""), claims(issued(-301)), claims(issued(301)), claims(",\"iat\":\"1760000000\""),
        claims(",\"iat\":null"), claims(issued(0) + ",\"exp\":1759999700"),
        claims(issued(0) + ",\"exp\":\"x\""), claims(issued(0) + ",\"nbf\":1760000301"),
        claims(issued(0), "other"), claims(issued(0), ""), R"({"iss":"acme")" + issued(0) + "}",
        R"({"iss":"acme","payload_hash":"")" + issued(0) + "}",
        R"({"iss":"acme","payload_hash":7)" + issued(0) + "}",
        R"({"iss":"acme","payload_hash":")" + std::string(64, '0') + "\"" + issued(0) + "}",
        R"({"payload_hash":")" + hash + "\"" + issued(0) + "}", "[" + claims(issued(0)) + "]",
        std::string("{"), std::string()}) {
    EXPECT_EQ(check(kHead, wrong), kRefused) << wrong;
  }
}

TEST_F(JwtTest, RefusesEveryOtherAlgorithmEvenSignedWithTheKey) {
  const std::string good = claims(issued(0));
  EXPECT_EQ(check(kHead, good), kAccepted);
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"RS256"})", R"({"alg":"HS512"})", R"({"alg":"hs256"})",
        R"({"alg":""})", R"({"alg":null})", R"({"typ":"JWT"})", R"({"alg":["HS256"]})",
        R"({"alg":"HS256","crit":["b64"],"b64":false})", "{}", "[]", ""}) {
    EXPECT_EQ(check(header, good), kRefused) << header;
  }
}

TEST_F(JwtTest, RefusesTokensWithoutTheirSignature) {
  const std::string token = Sender::token(kHead, claims(issued(0)));
  const std::string input = token.substr(0, token.rfind('.'));
  const std::string none = base64url_of(R"({"alg":"none"})") + input.substr(input.find('.'));
  for (const std::string& wrong :
       {input, input + '.', none + '.', none,
        input + "." + base64_of(mac_of(EVP_sha256(), Sender::kKey, input)), token + '.', token + ".x",
        '.' + token, token + '=', ' ' + token, std::string(".."), std::string("."),
        Sender::token(kHead, claims(issued(0)), "another key"),
        input + '.' + base64url_of(mac_of(EVP_sha512(), Sender::kKey, input)),
        input + '.' + hex_of(mac_of(EVP_sha256(), Sender::kKey, input))}) {
    EXPECT_EQ(check_token(wrong), kRefused) << wrong;
  }
  EXPECT_EQ(check_token(token, ""), kAccepted) << "any issuer";
}

class FieldTest : public testing::Test {
 protected:
  static Verdict check(BodyFormat format, const std::string& body, const std::string& signed_text = "c1") {
    const SignedField field{{{"/call/call_id", {"call", "call_id"}}, {"/call_id", {"call_id"}}}};
    const SignatureScheme scheme = HmacScheme{Digest::sha256, Encoding::base64, {"X-Sig"}, "", false, field};
    const std::string made = base64_of(mac_of(EVP_sha256(), "k", signed_text));
    return verdict(signature(scheme, {"k"}), {{{"X-Sig", made}}, "", format, body});
  }
};

TEST_F(FieldTest, FindsTheFirstAlternativeThatIsThere) {
  for (const char* body :
       {R"({"call":{"call_id":"c1"}})", R"({"call_id":"c1"})", R"({"call":{"call_id":"c1"},"call_id":"c2"})",
        R"({"call":{"call_id":null},"call_id":"c1"})", R"({"call":{"call_id":""},"call_id":"c1"})",
        R"({"call":"x","call_id":"c1"})", R"({"Call":{"CALL_ID":"c1"}})",
        R"({"call":{"call_id":"\u0063\u0031"}})"}) {
    EXPECT_EQ(check(BodyFormat::json, body), kAccepted) << body;
  }
  EXPECT_EQ(check(BodyFormat::form, "call_id=c1&x=y"), kAccepted);
  EXPECT_EQ(check(BodyFormat::form, "Call%5Fid=%631"), kAccepted);
}

TEST_F(FieldTest, RefusesWhatIsMissingOrCouldBeReadInTwoWays) {
  for (const char* body : {"", "{", "[]", "7", R"({"a":1})", R"([{"call_id":"c1"}])", R"({"call_id":7})",
                           R"({"call_id":["c1"]})", R"({"call":{"call_id":7},"call_id":"c1"})",
                           R"({"call_id":"c1","call_id":"c2"})", R"({"call_id":"c1","Call_ID":"c1"})",
                           R"({"call":{"call_id":"c1"},"CALL":{"call_id":"c2"}})", R"({"call_id":"c2"})",
                           R"({"call_id":"c1"} {"call_id":"c2"})", "{\"call_id\":\"c1\"}x"}) {
    EXPECT_EQ(check(BodyFormat::json, body), kRefused) << body;
  }
  EXPECT_EQ(check(BodyFormat::form, "call_id=c1&call_id=c2"), kRefused);
  EXPECT_EQ(check(BodyFormat::form, "other=c1"), kRefused);
  EXPECT_EQ(check(BodyFormat::form, "call_id=", ""), kRefused) << "an empty field signs nothing";
  EXPECT_EQ(check(BodyFormat::ndjson, R"({"call_id":"c1"})"), kRefused);
  EXPECT_EQ(check(BodyFormat::text, R"({"call_id":"c1"})"), kRefused);
}

class EverySchemeTest : public testing::TestWithParam<std::string> {
 protected:
  SignedDelivery signed_at(std::int64_t seconds) const {
    return Sender(std::string(kPublicUrl) + "/hooks/x?foo=1&bar=2", seconds)
        .sign(scheme_named(GetParam()).scheme);
  }
  AuthSignature auth_ = auth_of(scheme_named(GetParam()).scheme);
};

TEST_P(EverySchemeTest, AcceptsWhatItsSenderSigned) {
  EXPECT_EQ(verdict(auth_, signed_at(kSigningTime)), kAccepted);
}

TEST_P(EverySchemeTest, AcceptsEitherOfTwoSecretsWhileTheyAreRotated) {
  const SignedDelivery delivery = signed_at(kSigningTime);
  const Secret other{std::holds_alternative<Ed25519Scheme>(auth_.scheme)
                         ? Ed25519Signer(std::string(32, 's')).public_key()
                         : "the next key"};
  const std::vector<Secret> own = auth_.secrets;
  auth_.secrets = {other, own.front()};
  EXPECT_EQ(verdict(auth_, delivery), kAccepted);
  auth_.secrets = {own.front(), other};
  EXPECT_EQ(verdict(auth_, delivery), kAccepted);
  auth_.secrets = {other};
  EXPECT_EQ(verdict(auth_, delivery), kRefused);
  auth_.secrets = {};
  EXPECT_EQ(verdict(auth_, delivery), kRefused);
  auth_.secrets = {Secret{""}};
  EXPECT_EQ(verdict(auth_, delivery), kRefused);
}

TEST_P(EverySchemeTest, WantsEachOfItsHeadersOnce) {
  const SignedDelivery good = signed_at(kSigningTime);
  for (std::size_t i = 0; i < good.headers.size(); ++i) {
    SignedDelivery delivery = good;
    delivery.headers.push_back(good.headers[i]);
    EXPECT_EQ(verdict(auth_, delivery), kRefused) << good.headers[i].first << " twice";
    EXPECT_EQ(verify_head(auth_, delivery.views(), at_seconds(kSigningTime)), kRefused)
        << "by the head alone";
    delivery = good;
    delivery.headers[i].second.clear();
    EXPECT_EQ(verdict(auth_, delivery), kRefused) << good.headers[i].first << " empty";
    delivery.headers.erase(delivery.headers.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(verdict(auth_, delivery), kRefused) << good.headers[i].first << " missing";
    EXPECT_EQ(verify_head(auth_, delivery.views(), at_seconds(kSigningTime)), kRefused)
        << "by the head alone";
  }
}

TEST_P(EverySchemeTest, RefusesWhatIsStale) {
  const auto* hmac = std::get_if<HmacScheme>(&auth_.scheme);
  const bool timed = hmac == nullptr || std::holds_alternative<SignedTimestampAndBody>(hmac->content);
  for (const std::int64_t off : {-300, -299, 299, 300}) {
    EXPECT_EQ(verdict(auth_, signed_at(kSigningTime + off)), kAccepted) << off;
  }
  for (const std::int64_t off : {-100'000, -301, 301, 100'000}) {
    EXPECT_EQ(verdict(auth_, signed_at(kSigningTime + off)), timed ? kRefused : kAccepted) << off;
  }
}

TEST(Presets, AreThereForTheProvidersThatSign) {
  std::vector<std::string> names;
  for (const NamedScheme& scheme : all_schemes()) names.push_back(scheme.name);
  EXPECT_EQ(names, scheme_names());
}

INSTANTIATE_TEST_SUITE_P(Schemes, EverySchemeTest, testing::ValuesIn(scheme_names()),
                         [](const auto& tested) { return tested.param; });

TEST(Timestamps, AreWholeSecondsInDigits) {
  const SignatureScheme scheme =
      HmacScheme{Digest::sha256, Encoding::hex,
                 {"X-Sig"},      "",
                 false,          SignedTimestampAndBody{"X-Time", ":", std::chrono::seconds(10)}};
  const auto check = [&](const std::string& time) {
    const std::string made = hex_of(mac_of(EVP_sha256(), "k", time + ":{}"));
    return verdict(signature(scheme, {"k"}),
                   {{{"X-Sig", made}, {"X-Time", time}}, "", BodyFormat::json, "{}"});
  };
  EXPECT_EQ(check("1760000010"), kAccepted);
  EXPECT_EQ(check("1760000011"), kRefused);
  for (const char* time :
       {"", "0", "-1760000000", "+1760000000", " 1760000000", "1760000000 ", "1760000000.0", "1.76e9",
        "0x68e77800", "1760000000000", "99999999999999999999999", "now"}) {
    EXPECT_EQ(check(time), kRefused) << time;
  }
}

}  // namespace
}  // namespace telephony
