#include "telephony_exporter/hint/hint.h"

#include <gtest/gtest.h>

namespace telephony {
namespace {

using std::chrono::seconds;

TEST(RestHint, FollowsTheRetryClass) {
  struct Case {
    Retry retry;
    bool allowed;
    seconds after;
  };
  const std::vector<Case> cases = {
      {{RetryClass::never, seconds(0), seconds(0)}, false, seconds(0)},
      {{RetryClass::after_fix, seconds(0), seconds(0)}, false, seconds(0)},
      {{RetryClass::immediate, seconds(0), seconds(0)}, true, seconds(0)},
      {{RetryClass::backoff, seconds(30), seconds(600)}, true, seconds(30)},
      {{RetryClass::later, seconds(300), seconds(3600)}, true, seconds(300)},
      {{RetryClass::backoff, seconds(0), seconds(0)}, true, seconds(1)},
      {{RetryClass::later, seconds(0), seconds(0)}, true, seconds(1)},
  };
  for (const Case& c : cases) {
    const Hint hint = rest_hint(c.retry);
    EXPECT_EQ(hint.allowed, c.allowed) << name(c.retry.kind);
    EXPECT_EQ(hint.after, c.after) << name(c.retry.kind);
  }
}

}  // namespace
}  // namespace telephony
