// One page for many readers: when it is made anew, compressed, and let go of.
#include "expose/telemetry_page.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <functional>
#include <future>
#include <thread>

#include "expose/gzip.h"
#include "expose/web_connection.h"
#include "web_fixture.h"

namespace telephony {
namespace {

using Clock = TelemetryPage::Clock;

std::string unpacked(std::string packed, std::size_t size) {
  std::string text(size + 1, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);  // gzip only
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U) << "one member, and nothing behind it";
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(Gzip, GivesBackWhatWentIn) {
  std::string noise;
  for (std::uint32_t i = 0, x = 1; i < 100'000; ++i)
    noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  for (const std::string& text : {std::string(), std::string("a"), std::string(3'000'000, 'a'), noise}) {
    EXPECT_EQ(unpacked(gzip(text), text.size()), text);
  }
}

TEST(TelemetryPageTest, GoesToAllWhoAskedBeforeItWasBegun) {
  const PaddedMetrics metrics(100, 10);
  TelemetryPage page({&metrics});
  const auto before = Clock::now();
  const auto first = page.get(PageFormat::text, false, before);
  EXPECT_EQ(page.get(PageFormat::text, false, before), first);
  EXPECT_EQ(metrics.collected, 1);
  const std::string copy = *first;
  const auto second = page.get(PageFormat::text, false, Clock::now());
  EXPECT_NE(second, first);
  EXPECT_EQ(metrics.collected, 2);
  EXPECT_EQ(*first, copy) << "who still reads the old page reads it to its end";
}

TEST(TelemetryPageTest, IsPackedOnce) {
  const PaddedMetrics metrics(100, 10);
  TelemetryPage page({&metrics});
  const auto before = Clock::now();
  const auto plain = page.get(PageFormat::text, false, before);
  const auto packed = page.get(PageFormat::text, true, before);
  EXPECT_EQ(page.get(PageFormat::text, true, before), packed);
  EXPECT_EQ(unpacked(*packed, plain->size()), *plain);
  EXPECT_LT(packed->size(), plain->size() / 5);
  EXPECT_EQ(metrics.collected, 1);
}

TEST(TelemetryPageTest, HasAVersionForEachFormat) {
  const PaddedMetrics metrics(1, 1);
  TelemetryPage page({&metrics});
  const auto before = Clock::now();
  const auto text = page.get(PageFormat::text, false, before);
  page.get(PageFormat::openmetrics, false, before);
  EXPECT_EQ(metrics.collected, 2);
  EXPECT_EQ(page.get(PageFormat::text, false, before), text);
  EXPECT_EQ(metrics.collected, 2);
}

/// One that takes as long as it is told.
class SlowMetrics : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    for (const auto begun = Clock::now(); Clock::now() - begun < takes;) std::this_thread::yield();
    if (while_made) while_made();
    return {};
  }

  std::chrono::milliseconds takes{0};
  std::function<void()> while_made;
};

TEST(TelemetryPageTest, IsQuickWhenTheOneBeforeWas) {
  SlowMetrics metrics;
  TelemetryPage page({&metrics});
  const auto quick_after_one = [&] {
    page.get(PageFormat::text, false, Clock::now());
    return page.is_quick(PageFormat::text);
  };
  EXPECT_FALSE(page.is_quick(PageFormat::text)) << "nobody knows yet";
  ASSERT_TRUE(becomes_true(quick_after_one));
  EXPECT_FALSE(page.is_quick(PageFormat::openmetrics)) << "nobody knows of this one";
  metrics.takes = std::chrono::milliseconds{2};
  EXPECT_FALSE(quick_after_one());
  metrics.takes = {};
  ASSERT_TRUE(becomes_true(quick_after_one));
  bool while_made = true;
  metrics.while_made = [&] { while_made = page.is_quick(PageFormat::text); };
  page.get(PageFormat::text, false, Clock::now());
  EXPECT_FALSE(while_made) << "who made one at the same time would wait for this one";
}

TEST(TelemetryPageTest, IsForgottenAndStillRead) {
  const PaddedMetrics metrics(1, 1);
  TelemetryPage page({&metrics});
  const auto before = Clock::now();
  const auto first = page.get(PageFormat::text, true, before);
  page.forget(before);
  EXPECT_EQ(page.get(PageFormat::text, true, before), first) << "it was begun later";
  const std::weak_ptr<const std::string> watched = first;
  page.forget(Clock::now());
  EXPECT_FALSE(watched.expired());
  EXPECT_NE(page.get(PageFormat::text, true, before), first);
}

TEST(TelemetryPageTest, IsWrittenOverOneThatNobodyReads) {
  const PaddedMetrics metrics(100, 10);
  TelemetryPage page({&metrics});
  auto first = page.get(PageFormat::text, false, Clock::now());
  const char* const bytes = first->data();
  const std::string copy = *first;
  auto second = page.get(PageFormat::text, false, Clock::now());
  EXPECT_NE(second->data(), bytes) << "the first is still read";
  EXPECT_EQ(*first, copy);
  first.reset();
  const auto third = page.get(PageFormat::text, false, Clock::now());
  EXPECT_EQ(third->data(), bytes);
  EXPECT_EQ(*third, copy);
}

TEST(TelemetryPageTest, KeepsNoLargeMemory) {
  const PaddedMetrics metrics(2000, 1000);
  TelemetryPage page({&metrics});
  auto first = page.get(PageFormat::text, false, Clock::now());
  EXPECT_FALSE(page.forget(Clock::now())) << "it is still read";
  first.reset();
  EXPECT_TRUE(page.forget(Clock::now()));
  EXPECT_FALSE(page.forget(Clock::now()));
}

TEST(TelemetryPageTest, IsMadeByManyThreads) {
  const PaddedMetrics metrics(500, 10);
  TelemetryPage page({&metrics});
  std::vector<std::future<std::size_t>> sizes;
  for (int i = 0; i < 8; ++i) {
    sizes.push_back(std::async(std::launch::async, [&, gzipped = i % 2 == 0] {
      std::size_t bytes = 0;
      for (int n = 0; n < 20; ++n) bytes += page.get(PageFormat::text, gzipped, Clock::now())->size();
      page.forget(Clock::now());
      return bytes;
    }));
  }
  for (auto& size : sizes) EXPECT_GT(size.get(), 0U);
}

TEST(UnsentBytesTest, ASharedPageWeighsOnce) {
  const auto page = std::make_shared<const std::string>(1000, 'x');
  const auto other = std::make_shared<const std::string>(200, 'y');
  const Reply plain{200, false, std::string(7, 'h'), nullptr};
  const Reply one{200, false, std::string(10, 'h'), page};
  const Reply two{200, false, std::string(20, 'h'), page};
  const Reply three{200, false, std::string(30, 'h'), other};
  UnsentBytes unsent;
  for (const Reply* reply : {&plain, &one, &two, &three}) unsent.add(*reply);
  EXPECT_EQ(unsent.total(), 7U + 10 + 20 + 1000 + 30 + 200);
  unsent.remove(one);
  EXPECT_EQ(unsent.total(), 7U + 20 + 1000 + 30 + 200);
  unsent.remove(two);
  EXPECT_EQ(unsent.total(), 7U + 30 + 200);
  unsent.remove(three);
  unsent.remove(plain);
  EXPECT_EQ(unsent.total(), 0U);
}

}  // namespace
}  // namespace telephony
