// What the head of a request proves: secrets that are sent as they are.
#include "telephony_exporter/auth/verify.h"

#include <gtest/gtest.h>

namespace telephony {
namespace {

const Auth kToken = AuthHeader{"X-Token", {Secret{"first secret"}, Secret{"second"}}};
// printf 'Aladdin:open sesame' | base64, the example of RFC 7617 section 2
const Auth kBasic =
    AuthBasic{"Aladdin", {Secret{"QWxhZGRpbjpuZXc="}, Secret{"QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}}};
const Auth kBearer = AuthBearer{{Secret{"mF_9.B5f-4.1JqM"}, Secret{"other"}}};

Verdict verdict(const std::optional<Auth>& auth, std::vector<Header> headers) {
  return verify_head(auth, headers, WallTime{});
}

Verdict authorization(const Auth& auth, std::string_view value) {
  return verdict(auth, {{"Host", "x"}, {"Authorization", value}});
}

TEST(Verify, AcceptsAnythingWithoutAuth) {
  EXPECT_EQ(verdict(std::nullopt, {}), Verdict::accepted);
  EXPECT_EQ(verdict(AuthNone{}, {}), Verdict::accepted);
}

TEST(Verify, AcceptsEverySecretAndEveryCaseOfTheName) {
  EXPECT_EQ(verdict(kToken, {{"X-Token", "first secret"}}), Verdict::accepted);
  EXPECT_EQ(verdict(kToken, {{"Host", "x"}, {"x-tOKEN", "second"}}), Verdict::accepted);
}

TEST(Verify, RefusesWhatIsMissingOrWrong) {
  EXPECT_EQ(verdict(kToken, {}), Verdict::unauthenticated);
  EXPECT_EQ(verdict(kToken, {{"Authorization", "second"}}), Verdict::unauthenticated);
  for (const char* wrong : {"", "s", "secon", "second ", "secoND", "first secret\t", "first secretsecond"}) {
    EXPECT_EQ(verdict(kToken, {{"X-Token", wrong}}), Verdict::unauthenticated) << wrong;
  }
}

TEST(Verify, RefusesAHeaderThatIsSentTwice) {
  EXPECT_EQ(verdict(kToken, {{"X-Token", "second"}, {"x-token", "second"}}), Verdict::unauthenticated);
  EXPECT_EQ(verdict(kToken, {{"X-Token", "second"}, {"X-Token", "wrong"}}), Verdict::unauthenticated);
  const std::string basic = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
  EXPECT_EQ(verdict(kBasic, {{"Authorization", basic}, {"authorization", basic}}), Verdict::unauthenticated);
}

TEST(Verify, NeverAcceptsAnEmptySecret) {
  const Auth empty = AuthHeader{"X-Token", {Secret{""}}};
  EXPECT_EQ(verdict(empty, {{"X-Token", ""}}), Verdict::unauthenticated);
  EXPECT_EQ(verdict(AuthHeader{"X-Token", {}}, {{"X-Token", ""}}), Verdict::unauthenticated);
  EXPECT_EQ(authorization(AuthBearer{{Secret{""}}}, "Bearer "), Verdict::unauthenticated);
  EXPECT_EQ(authorization(AuthBasic{"", {Secret{""}}}, "Basic "), Verdict::unauthenticated);
}

TEST(Verify, KnowsBasic) {
  for (const char* good : {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
                           "BASIC QWxhZGRpbjpuZXc="}) {
    EXPECT_EQ(authorization(kBasic, good), Verdict::accepted) << good;
  }
  for (const char* wrong :
       {"", "Basic", "Basic ", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", "Basic qWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "Basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic Aladdin:open sesame",
        "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "BasicQWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==, Basic QWxhZGRpbjpuZXc="}) {
    EXPECT_EQ(authorization(kBasic, wrong), Verdict::unauthenticated) << wrong;
  }
}

TEST(Verify, KnowsBearer) {
  for (const char* good : {"Bearer mF_9.B5f-4.1JqM", "bearer other"}) {
    EXPECT_EQ(authorization(kBearer, good), Verdict::accepted) << good;
  }
  for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer mF_9.B5f-4.1Jqm", "mF_9.B5f-4.1JqM",
                            "Bearerother", "Bearer\tother", "Basic other", "Bearer other, other"}) {
    EXPECT_EQ(authorization(kBearer, wrong), Verdict::unauthenticated) << wrong;
  }
}

TEST(Verify, OnlyASignatureWaitsForTheBody) {
  EXPECT_EQ(signature_of(std::nullopt), nullptr);
  for (const Auth& auth : {Auth(AuthNone{}), kToken, kBasic, kBearer}) EXPECT_EQ(signature_of(auth), nullptr);
  EXPECT_NE(signature_of(Auth(AuthSignature{})), nullptr);
}

}  // namespace
}  // namespace telephony
