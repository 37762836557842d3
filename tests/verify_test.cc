#include "telephony_exporter/auth/verify.h"

#include <gtest/gtest.h>

namespace telephony {
namespace {

const Auth kToken = AuthHeader{"X-Token", {Secret{"first secret"}, Secret{"second"}}};

Verdict verdict(const std::optional<Auth>& auth, std::vector<Header> headers) {
  return verify(auth, headers);
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
}

TEST(Verify, NeverAcceptsAnEmptySecret) {
  const Auth empty = AuthHeader{"X-Token", {Secret{""}}};
  EXPECT_EQ(verdict(empty, {{"X-Token", ""}}), Verdict::unauthenticated);
  EXPECT_EQ(verdict(AuthHeader{"X-Token", {}}, {{"X-Token", ""}}), Verdict::unauthenticated);
}

}  // namespace
}  // namespace telephony
