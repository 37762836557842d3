// The window of keys beside the plain one that it replaced: the same answers to the same questions.
#include <gtest/gtest.h>

#include <boost/unordered/unordered_flat_set.hpp>
#include <deque>
#include <random>

#include "interposed.h"
#include "journal/dedup_window.h"

namespace telephony {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// A set of keys, and a queue that says when each came.
class PlainWindow {
 public:
  explicit PlainWindow(DedupLimits limits) : limits_(limits) {}

  bool insert(const EventKey& key, WallTime now) {
    if (!keys_.insert(key).second) return false;
    order_.push_back({key, now});
    return true;
  }
  bool restore(const EventKey& key, WallTime since) {
    if (!keys_.insert(key).second) return false;
    order_.push_front({key, since});
    return true;
  }
  void forget_newest(std::size_t count) {
    for (; count > 0; --count) {
      keys_.erase(order_.back().key);
      order_.pop_back();
    }
  }
  bool prune(WallTime now, std::size_t steps) {
    const auto too_much = [&] {
      return !order_.empty() &&
             (order_.size() > limits_.max_keys || now - order_.front().since > limits_.retention);
    };
    for (; steps > 0 && too_much(); --steps) {
      keys_.erase(order_.front().key);
      order_.pop_front();
    }
    return too_much();
  }
  void limit(DedupLimits limits) { limits_ = limits; }
  std::size_t size() const { return order_.size(); }
  std::chrono::duration<double> covered(WallTime now) const {
    return order_.empty() ? std::chrono::duration<double>(0) : now - order_.front().since;
  }
  /// One of the keys that it has.
  const EventKey& at(std::size_t number) const { return order_[number].key; }

 private:
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const EventKey& key) const { return key.low; }
  };
  struct Kept {
    EventKey key;
    WallTime since;
  };
  DedupLimits limits_;
  boost::unordered_flat_set<EventKey, Hash> keys_;
  std::deque<Kept> order_;
};

/// Both windows, and what may happen to them.
class Windows {
 public:
  /// With a few bits the keys are bad, so that many fall into the same bucket.
  Windows(unsigned seed, std::uint64_t bits) : random_(seed), bits_(bits) {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  EventKey some_key() {
    const bool known = plain_.size() > 0 && below(4) == 0;
    return known ? plain_.at(below(plain_.size())) : EventKey{random_() & bits_, random_() & bits_};
  }

  void restore(std::size_t count) {
    WallTime since = now_;
    while (plain_.size() < count) {
      std::vector<EventKey> run(1 + below(50));
      for (EventKey& key : run) {
        do {
          key = some_key();
        } while (!plain_.restore(key, since));
      }
      window_.restore(run, since);
      since -= seconds(below(3));
    }
    window_.restored();
  }

  void mark(std::size_t size) {
    std::vector<Posting> batch(size);
    DedupWindow::Marked marked;
    for (Posting& posting : batch) {
      if (below(10) != 0) posting.key = some_key();
    }
    window_.mark(batch, now_, marked);
    std::size_t fresh = 0;
    std::size_t keys = 0;
    for (const Posting& posting : batch) {
      const bool duplicate = posting.key && !plain_.insert(*posting.key, now_);
      ASSERT_EQ(posting.duplicate, duplicate);
      fresh += duplicate ? 0 : 1;
      keys += posting.key && !duplicate ? 1 : 0;
    }
    ASSERT_EQ(marked.fresh, fresh);
    ASSERT_EQ(marked.keys, keys);
    if (below(8) != 0) return;
    window_.forget_newest(keys);
    plain_.forget_newest(keys);
  }

  void prune() {
    const std::size_t steps = below(300);
    ASSERT_EQ(window_.prune(now_, steps), plain_.prune(now_, steps));
  }

  void limit(std::size_t most) {
    const DedupLimits limits{hours(1) + seconds(below(3600)), 1 + below(most)};
    window_.limit(limits);
    plain_.limit(limits);
  }

  void step(std::size_t most) {
    now_ += seconds(below(30));
    mark(below(200));
    prune();
    if (below(50) == 0) limit(most);
    ASSERT_EQ(window_.size(), plain_.size());
    ASSERT_EQ(window_.covered(now_), plain_.covered(now_));
  }

  void expect_same_keys() {
    for (std::size_t i = 0; i < plain_.size(); ++i) {
      ASSERT_FALSE(window_.insert(plain_.at(i), now_)) << i << " of " << plain_.size();
    }
    EXPECT_EQ(window_.size(), plain_.size());
  }

 private:
  std::mt19937_64 random_;
  std::uint64_t bits_;
  WallTime now_ = WallTime(hours(500'000));
  DedupWindow window_{{hours(1), 100'000}};
  PlainWindow plain_{{hours(1), 100'000}};
};

void compare(std::uint64_t bits, std::size_t most) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE(seed);
    Windows windows(seed, bits);
    windows.restore(seed % 2 * most);
    for (int i = 0; i < 500 && !testing::Test::HasFatalFailure(); ++i) windows.step(most);
    windows.expect_same_keys();
  }
}

TEST(DedupOracle, RandomKeys) { compare(~std::uint64_t{0}, 60'000); }

TEST(DedupOracle, KeysThatFallIntoTheSameBuckets) {
  compare(0xff, 500);
  compare(0xf00000000000000f, 1'000);
}

/// Whatever finds no memory, nothing has changed, and what was marked can be taken back.
TEST(DedupOracle, WithoutMemoryNothingIsRemembered) {
  std::mt19937_64 random(1);
  const WallTime now{hours(500'000)};
  DedupWindow window({hours(1), 2'000'000});
  std::size_t known = 0;
  std::size_t faults = 0;
  for (int nth = 1; known < 1'200'000; nth = nth % 5 + 1) {
    std::vector<Posting> batch(500);
    for (Posting& posting : batch) posting.key = EventKey{random(), random()};
    DedupWindow::Marked marked;
    try {
      const interposed::AllocationFault fault(nth);
      window.mark(batch, now + seconds(known), marked);
    } catch (const std::bad_alloc&) {
      ++faults;
      EXPECT_EQ(window.size(), known + marked.keys);
      window.forget_newest(marked.keys);
      DedupWindow::Marked again;
      window.mark(batch, now + seconds(known), again);
      EXPECT_EQ(again.keys, batch.size());
    }
    known += batch.size();
    ASSERT_EQ(window.size(), known);
  }
  EXPECT_GT(faults, 20U);
}

/// At no number of keys more than 32 bytes each, and no commit that makes room for all of them.
TEST(DedupOracle, AKeyTakesAtMost32Bytes) {
  std::mt19937_64 random(1);
  WallTime now{hours(500'000)};
  DedupWindow window({hours(96), 2'000'000});
  constexpr std::size_t kKeys = 1'000'000;  // large pages are in use by then
  const std::size_t before = interposed::allocated_bytes();
  std::size_t most_at_once = 0;
  for (std::size_t keys = 1; keys <= kKeys; ++keys) {
    const std::size_t held = interposed::allocated_bytes();
    now += std::chrono::milliseconds(300);
    window.insert({random(), random()}, now);
    const std::size_t holds = interposed::allocated_bytes();
    most_at_once = std::max(most_at_once, holds > held ? holds - held : 0);
    if (keys < 100'000) continue;
    ASSERT_LE(holds - before, 32 * keys) << keys;
  }
  EXPECT_LE(most_at_once, 2'100'000U) << "a large page";
}

/// So many keys that the index splits by what it has of them, and has moved to large pages.
TEST(DedupOracle, KeepsEveryKeyThroughAllSplits) {
  constexpr std::size_t kKeys = 1'500'000;
  constexpr std::size_t kKept = 50'000;
  const WallTime now{hours(500'000)};
  std::mt19937_64 random(1);
  std::vector<EventKey> keys(kKeys);
  for (EventKey& key : keys) key = {random(), random()};
  DedupWindow window({hours(96), kKeys});
  for (const EventKey& key : keys) ASSERT_TRUE(window.insert(key, now));
  for (const EventKey& key : keys) ASSERT_FALSE(window.insert(key, now));
  window.limit({hours(96), kKept});
  EXPECT_FALSE(window.prune(now, kKeys));
  EXPECT_EQ(window.size(), kKept);
  for (std::size_t i = kKeys; i-- > 0;) ASSERT_EQ(window.insert(keys[i], now), i < kKeys - kKept) << i;
}

}  // namespace
}  // namespace telephony
