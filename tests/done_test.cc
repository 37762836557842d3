#include "telephony_exporter/event/done.h"

#include <gtest/gtest.h>

namespace telephony {
namespace {

TEST(DoneTest, CopiesShareWhatItHolds) {
  std::uint64_t counted = 0;
  const auto held = std::make_shared<int>();
  const Done done = [&counted, held, calls = 0](const Receipt& receipt) mutable {
    counted += receipt.counted * static_cast<std::uint64_t>(++calls);
  };
  const long owners = held.use_count();
  Done copy;
  copy = done;
  EXPECT_EQ(held.use_count(), owners);
  done({.counted = 1, .rejects = {}});
  copy({.counted = 10, .rejects = {}});
  EXPECT_EQ(counted, 21u);
}

TEST(DoneTest, HoldsNothingAtFirstAndWhatItHeldUntilTheLastCopyIsGone) {
  EXPECT_FALSE(Done());
  const auto held = std::make_shared<int>();
  Done done = [held](const Receipt&) {};
  Done copy = done;
  EXPECT_TRUE(copy);
  done = {};
  EXPECT_FALSE(done);
  EXPECT_EQ(held.use_count(), 2);
  copy = {};
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace telephony
