#include "telephony_exporter/journal/session_keys.h"

#include <gtest/gtest.h>

namespace telephony {
namespace {

TEST(SessionKeys, ASessionHasOneKeyAndEachProviderItsOwnSessions) {
  SessionKeys keys;
  const std::uint64_t first = keys.key("acme", "s-1");
  EXPECT_NE(keys.key("acme", "s-2"), first);
  EXPECT_NE(keys.key("other", "s-1"), first);
  EXPECT_NE(keys.key("", "s-1"), first);
  EXPECT_EQ(keys.key("acme", "s-1"), first) << "whoever asked meanwhile";
}

TEST(SessionKeys, NobodyElseCanFindAKey) {
  EXPECT_NE(SessionKeys().key("acme", "s-1"), SessionKeys().key("acme", "s-1"));
}

}  // namespace
}  // namespace telephony
