// The settings in force, asked for by a thread that asks often.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "telephony_exporter/config/settings.h"

namespace telephony {
namespace {

std::shared_ptr<const Settings> settings_of(std::size_t max_keys) {
  auto settings = std::make_shared<Settings>();
  settings->dedup_max_keys = max_keys;
  return settings;
}

TEST(LiveView, ShowsWhatIsInForceAndLetsGoOfWhatWas) {
  Live live(settings_of(1));
  LiveView view(live);
  const std::weak_ptr<const Settings> first = view.get();
  EXPECT_EQ(view.get(), live.get());
  live.set(settings_of(2));
  EXPECT_EQ(view.get(), live.get());
  EXPECT_TRUE(first.expired());
}

TEST(LiveView, IsNeverBehindASetThatIsOver) {
  Live live(settings_of(0));
  LiveView view(live);
  std::atomic<std::size_t> set = 0;
  std::thread setter([&] {
    for (std::size_t n = 1; n <= 1'000; ++n) {
      live.set(settings_of(n));
      set = n;
    }
  });
  while (set < 1'000) {
    const std::size_t known = set;
    EXPECT_GE(view.get()->dedup_max_keys, known);
  }
  setter.join();
  EXPECT_EQ(view.get()->dedup_max_keys, 1'000U);
}

}  // namespace
}  // namespace telephony
