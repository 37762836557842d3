// The river's middle: commit, then the counters, then the answer; and each event once.
#include "telephony_exporter/pipeline/pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <optional>
#include <random>
#include <thread>

#include "pipeline/text_arena.h"
#include "river_fixture.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

const char* const kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice, fax]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: lines, title: Lines, unlisted: {category: capacity, severity: warning, retry: never}}
    codes:
      - {code: "1", reason: full, family: lines, category: capacity, severity: critical, retry: never,
         message: Full, meaning: m, remedy: r}
lines:
  - {kind: line, pattern: 'said {code}: {text}'}
outcomes: {failed: [failed], ongoing: [ringing]}
events:
  - {kind: call, when: [/status, /code], status: [/status], code: [/code], account: [/account], dedup: {id: [/id]},
     legs: {duration: [/seconds]}}
)";
const char* const kFax = "  - {name: fax, provider: acme, product: fax, webhook: {path: /fax, auth: none}}\n";

/// A memory journal that does as it is told at each commit.
class ToldJournal : public Journal {
 public:
  EventKey key(std::string_view identity) const override {
    on_key();
    return memory_->key(identity);
  }
  bool commit(std::span<Posting> batch, std::span<const FilePosition> positions, WallTime now) override {
    ++commits;
    last.assign(batch.begin(), batch.end());
    return on_commit() && memory_->commit(batch, positions, now);
  }
  bool keep(std::span<const KeptHint> hints) override { return memory_->keep(hints); }
  bool maintain(WallTime now) override { return memory_->maintain(now); }
  JournalStats stats(WallTime now) const override { return memory_->stats(now); }
  void adopt(std::shared_ptr<const Settings> settings) override { memory_->adopt(std::move(settings)); }

  std::function<bool()> on_commit = [] { return true; };
  std::function<void()> on_key = [] {};
  int commits = 0;
  std::vector<Posting> last;  ///< what was to be committed last

 private:
  std::unique_ptr<Journal> memory_ = make_memory_journal({});
};

using Lines = std::vector<std::string>;

TEST(Pipeline, AJournalThatCannotCommitCountsNothing) {
  auto owned = std::make_unique<ToldJournal>();
  ToldJournal& journal = *owned;
  River river(settings_of(kCatalog), std::move(owned));
  journal.on_commit = [] { return false; };
  const std::string body =
      R"([{"id":"a","status":"failed","code":1,"account":"x","seconds":5},{},{"id":"b","code":1},{"code":true},
                               {"id":"c","code":"unheard_of"}])";
  Receipt receipt = river.json("calls", body);
  EXPECT_TRUE(receipt.unavailable);
  EXPECT_EQ(summary(receipt), "ignored 1, rejected 4");
  EXPECT_EQ(receipt.rejects.size(), 1U) << "only the bad code is the sender's fault";
  EXPECT_EQ(river.counted(), Lines{});
  EXPECT_TRUE(river.ledger().numbers().account_errors.empty());
  EXPECT_TRUE(river.unlisted().list().empty());
  EXPECT_EQ(river.page().find("telephony_call_duration_seconds"), std::string::npos);
  EXPECT_EQ(river.log_text(), "");
  const auto exporter = samples(river.metrics());
  EXPECT_EQ(exporter.at(R"(telephony_exporter_rejected_total{cause="unavailable",source="calls"})"), 3);
  EXPECT_EQ(exporter.at(R"(telephony_exporter_rejected_total{cause="bad_code",source="calls"})"), 1);
  EXPECT_EQ(exporter.at(R"(telephony_exporter_unlisted_codes_total{provider="acme"})"), 0);

  journal.on_commit = [] { return true; };
  receipt = river.json("calls", body);
  EXPECT_FALSE(receipt.unavailable);
  EXPECT_EQ(summary(receipt), "counted 3, ignored 1, rejected 1") << "the redelivery is no duplicate";
  EXPECT_NE(river.page().find("telephony_call_duration_seconds_sum{account=\"x\",product=\"voice\","
                              "provider=\"acme\"} 5\n"),
            std::string::npos);
}

TEST(Pipeline, CommitsThenCountsThenAnswers) {
  auto owned = std::make_unique<ToldJournal>();
  ToldJournal& journal = *owned;
  River river(settings_of(kCatalog), std::move(owned));
  Lines order;
  const auto note = [&](const char* what) {
    const Lines counted = river.counted();
    order.push_back(std::string(what) + (counted.empty() ? ": nothing" : ": " + counted.front()));
  };
  journal.on_commit = [&] {
    note("commit");
    return true;
  };
  RawEvent raw;
  raw.body = R"({"id":"a","code":1})";
  river.pipeline().accept(river.settings().sources[0], raw, [&](const Receipt& receipt) {
    note("done");
    const auto exporter = samples(river.metrics());
    EXPECT_EQ(exporter.at(R"(telephony_exporter_events_total{result="counted",source="calls"})"), 1);
    river.saw(receipt);
  });
  EXPECT_EQ(order, (Lines{"commit: nothing", "done: 1 full lines capacity critical = 1"}));
}

TEST(Pipeline, CommitsABodyAtOnceAndNothingWhenThereIsNothing) {
  auto owned = std::make_unique<ToldJournal>();
  ToldJournal& journal = *owned;
  River river(settings_of(kCatalog), std::move(owned));
  river.json("calls", R"([{"id":"a","code":1},{"id":"b","code":1},{"id":"a","code":1}])");
  EXPECT_EQ(journal.commits, 1);
  EXPECT_EQ(summary(river.json("calls", R"([{},{"status":"ringing"},{"code":true}])")),
            "ignored 2, rejected 1");
  EXPECT_EQ(summary(river.json("calls", "[]")), "");
  EXPECT_EQ(summary(river.json("calls", "{")), "rejected 1");
  EXPECT_EQ(journal.commits, 1);
}

/// Holds each commit until it is let go.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void await_first() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

/// A river whose journal waits at the gate, and all the receipts that came.
class GroupedRiver : public ::testing::Test {
 protected:
  GroupedRiver() {
    auto owned = std::make_unique<ToldJournal>();
    journal_ = owned.get();
    journal_->on_commit = [this] {
      gate_.wait();
      return true;
    };
    river_.emplace(settings_of(kCatalog), std::move(owned), Pipeline::Commits::grouped);
  }
  void accept(const std::string& body) {
    RawEvent raw;
    raw.format = BodyFormat::ndjson;
    raw.body = body;
    river_->pipeline().accept(river_->settings().sources[0], raw, [this](const Receipt& receipt) {
      const std::lock_guard lock(mutex_);
      receipts_.push_back(receipt);
      river_->saw(receipt);
    });
  }
  std::size_t receipts() {
    const std::lock_guard lock(mutex_);
    return receipts_.size();
  }

  Gate gate_;
  ToldJournal* journal_ = nullptr;
  std::mutex mutex_;
  std::vector<Receipt> receipts_;
  std::optional<River> river_;
};

TEST_F(GroupedRiver, WhatArrivesDuringACommitIsCommittedTogether) {
  accept(R"({"id":"first","code":1})");
  gate_.await_first();
  for (int i = 0; i < 100; ++i) accept(R"({"id":")" + std::to_string(i / 2) + R"(","code":1})");
  EXPECT_EQ(receipts(), 0U) << "nothing is acknowledged before it is committed";
  gate_.open();
  river_->pipeline().stop();
  EXPECT_EQ(journal_->commits, 2);
  EXPECT_EQ(receipts(), 101U);
  EXPECT_EQ(summary(river_->total()), "counted 51, duplicate 50");
}

TEST_F(GroupedRiver, ABurstBeyondTheQueueIsToldToComeBack) {
  accept(R"({"id":"first","code":1})");
  gate_.await_first();
  std::string body;
  for (std::size_t i = 0; i < limits::kQueueEvents / 4; ++i) {
    body += R"({"id":")" + std::to_string(i) + "\",\"code\":1}\n";
  }
  for (int i = 0; i < 4; ++i) accept(body);
  EXPECT_EQ(receipts(), 0U);
  accept(R"({"id":"late","code":1})");
  ASSERT_EQ(receipts(), 1U) << "an answer at once, not silence";
  EXPECT_TRUE(receipts_[0].unavailable);
  EXPECT_EQ(summary(receipts_[0]), "rejected 1");
  EXPECT_EQ(samples(river_->metrics()).at("telephony_exporter_queue_events{}"), limits::kQueueEvents);
  gate_.open();
  river_->pipeline().stop();
  EXPECT_EQ(samples(river_->metrics()).at("telephony_exporter_queue_events{}"), 0);
  EXPECT_EQ(samples(river_->metrics())
                .at(R"(telephony_exporter_rejected_total{cause="unavailable",source="calls"})"),
            1);
  EXPECT_EQ(river_->total().counted, 1 + limits::kQueueEvents / 4);
}

TEST_F(GroupedRiver, TheQueueCountsEventsAndNotWhatTheyWereMergedInto) {
  accept(R"({"id":"first","code":1})");
  gate_.await_first();
  std::string body;
  for (std::size_t i = 0; i < limits::kQueueEvents; ++i) body += "{\"code\":1}\n";
  accept(body);
  EXPECT_EQ(samples(river_->metrics()).at("telephony_exporter_queue_events{}"), limits::kQueueEvents);
  accept(R"({"code":1})");
  ASSERT_EQ(receipts(), 1U);
  EXPECT_TRUE(receipts_[0].unavailable);
  gate_.open();
  river_->pipeline().stop();
  EXPECT_EQ(journal_->last.size(), 1U);
  EXPECT_EQ(summary(river_->total()), "counted " + std::to_string(1 + limits::kQueueEvents) + ", rejected 1");
}

/// Two codes, of which one is raised by refusals and is about trunks.
std::string catalog_with_trunks() {
  std::string catalog = kCatalog;
  const std::string never = "severity: critical, retry: never,";
  catalog.replace(catalog.find(never), never.size(),
                  "severity: critical, retry: {class: backoff, base: 30s, max: 10m},");
  const std::string codes = "    codes:\n";
  catalog.insert(
      catalog.find(codes) + codes.size(),
      "      - {code: \"2\", reason: down, family: lines, category: connectivity, severity: critical,\n"
      "         retry: {class: backoff, base: 10s, max: 5m}, message: Down, meaning: m, remedy: r}\n");
  return catalog +
         "  - {kind: progress, when: [/stands], account: [/account],\n"
         "     call: {session: [/session], leg: [/leg], status: [/stands], under_way: [open], over: "
         "[closed]}}\n";
}

TEST(Pipeline, ErrorsOfABodyThatAreAlikeAreOnePosting) {
  auto owned = std::make_unique<ToldJournal>();
  ToldJournal& journal = *owned;
  River river(settings_of(catalog_with_trunks()), std::move(owned));
  std::string body;
  for (int i = 0; i < 300; ++i) body += i % 3 == 0 ? "{\"code\":2}\n" : "{\"code\":1}\n";
  EXPECT_EQ(summary(river.post("calls", BodyFormat::ndjson, body)), "counted 300");
  ASSERT_EQ(journal.last.size(), 2U);
  EXPECT_EQ(journal.last[0].count, 100U);
  EXPECT_EQ(journal.last[1].count, 200U);
  EXPECT_EQ(river.counted(),
            (Lines{"2 down lines connectivity critical = 100", "1 full lines capacity critical = 200"}));

  const std::string different = R"([{"code":1},{"code":1,"id":"a"},{"code":1,"account":"x"},{"code":"new"},
      {"code":1,"status":"failed"},{"code":"new"},{"code":1,"seconds":5},{"code":1}])";
  EXPECT_EQ(summary(river.json("calls", different)), "counted 8");
  EXPECT_EQ(journal.last.size(), 7U);

  journal.on_commit = [] { return false; };
  EXPECT_EQ(summary(river.post("calls", BodyFormat::ndjson, body)), "rejected 300");
}

TEST(Pipeline, UnlistedErrorsOfABodyThatLookAlikeAreOnePosting) {
  auto owned = std::make_unique<ToldJournal>();
  ToldJournal& journal = *owned;
  River river(settings_of(kCatalog), std::move(owned));
  std::string body;
  for (int i = 0; i < 100; ++i) body += "1 said 3: new\n2 said 3: other\n3 said 3: new\n";
  EXPECT_EQ(summary(river.post("calls", BodyFormat::text, body)), "counted 300");
  // Each of them was heard for the first time and then known.
  ASSERT_EQ(journal.last.size(), 4U);
  EXPECT_EQ(summary(river.post("calls", BodyFormat::text, body)), "counted 300");
  ASSERT_EQ(journal.last.size(), 2U);
  const auto unlisted = river.unlisted().list();
  ASSERT_EQ(unlisted.size(), 2U);
  EXPECT_EQ(unlisted[0].text, "new");
  EXPECT_EQ(unlisted[0].count, 400U);
  EXPECT_EQ(unlisted[1].count, 200U);
  EXPECT_EQ(samples(river.metrics()).at(R"(telephony_exporter_unlisted_codes_total{provider="acme"})"), 600);
  EXPECT_EQ(river.counted(), (Lines{"unlisted unlisted unknown unknown warning = 600"}));
}

TEST(Pipeline, ErrorsOfAnEntryAreOnePostingInWhateverWordsTheyAreSaid) {
  auto owned = std::make_unique<ToldJournal>();
  ToldJournal& journal = *owned;
  River river(settings_of(catalog_with_trunks()), std::move(owned));
  std::string body;
  for (int i = 0; i < 300; ++i) {
    body += "nothing\n" + std::to_string(i) + " said " + std::to_string(1 + i % 3) + ": words " +
            (i % 10 < 5 ? "x\n" : "y\n");
  }
  for (const int times : {1, 2, 3}) {
    const Receipt receipt = river.post("calls", BodyFormat::text, body);
    EXPECT_EQ(receipt.received, 600U);
    EXPECT_EQ(receipt.counted, 300U);
    EXPECT_EQ(receipt.ignored, 300U);
    const std::string count = std::to_string(100 * times);
    EXPECT_EQ(river.counted(), (Lines{"2 down lines connectivity critical = " + count,
                                      "1 full lines capacity critical = " + count,
                                      "unlisted unlisted unknown unknown warning = " + count}));
  }
  EXPECT_EQ(journal.last.size(), 4U);
}

TEST(Pipeline, UnlistedErrorsThatPeopleSeeAlikeAreOnePosting) {
  auto owned = std::make_unique<ToldJournal>();
  ToldJournal& journal = *owned;
  River river(settings_of(kCatalog), std::move(owned));
  std::string body;
  for (int i = 0; i < 100; ++i)
    body += "1 said 3: call " + std::to_string(1000 + i % 10) + "\n2 said 4: call\n";
  for (const std::size_t postings : {13U, 2U, 2U}) {
    EXPECT_EQ(summary(river.post("calls", BodyFormat::text, body)), "counted 200");
    EXPECT_EQ(journal.last.size(), postings);
  }
  const auto unlisted = river.unlisted().list();
  ASSERT_EQ(unlisted.size(), 2U);
  EXPECT_EQ(unlisted[0].code + unlisted[1].code, "34");
  EXPECT_EQ(unlisted[0].count, 300U);
  EXPECT_EQ(unlisted[1].count, 300U);
}

/// Any event that may come, most of them of the kind that is merged.
std::string any_event(std::mt19937& random) {
  const auto next = [&](int n) {
    return std::to_string(std::uniform_int_distribution<int>(0, n - 1)(random));
  };
  const std::vector<std::string> events = {
      R"({"code":1})",
      R"({"code":2})",
      R"({"code":"new)" + next(2) + "\"}",
      R"({"code":1,"id":"k)" + next(20) + "\"}",
      R"({"code":2,"account":"a)" + next(3) + "\"}",
      R"({"status":"failed","code":)" + next(3) + "}",
      R"({"status":"completed","account":"a)" + next(3) + "\"}",
      R"({"status":"completed"})",
      R"({"stands":"open","session":"s)" + next(9) + R"(","leg":"l)" + next(2) + "\"}",
      R"({"stands":"closed","session":"s)" + next(9) + "\"}",
      "{}",
  };
  std::discrete_distribution<std::size_t> which({8, 8, 1, 2, 3, 2, 1, 1, 3, 2, 1});
  return events[which(random)];
}

/// All that is told of the events themselves, not of how they were committed.
std::string told(River& river) {
  std::string out = river.raised();
  for (const prometheus::Collectable* part : {static_cast<const prometheus::Collectable*>(&river.ledger()),
                                              static_cast<const prometheus::Collectable*>(&river.trunks())}) {
    for (const auto& [name, value] : samples(*part)) out += name + ' ' + std::to_string(value) + '\n';
  }
  const HintMetrics hints(river.hints(), [&] { return river.clock.now(); });
  for (const auto& [name, value] : samples(hints)) out += name + ' ' + std::to_string(value) + '\n';
  for (const auto& [name, value] : samples(river.metrics())) {
    if (name.starts_with("telephony_exporter_unlisted_codes_total"))
      out += name + ' ' + std::to_string(value) + '\n';
  }
  for (const UnlistedCode& code : river.unlisted().list()) {
    out += code.code + ' ' + code.text + ' ' + std::to_string(code.count) + '\n';
  }
  return out;
}

// What is posted one by one is never merged, so it says what the merged ones must amount to.
TEST(Pipeline, MergedPostingsAmountToTheSameAsThoseOfOneEventEach) {
  std::string catalog = catalog_with_trunks();
  catalog.replace(catalog.find("{failed: [failed]"), 17, "{failed: [failed], completed: [completed]");
  const auto settings = settings_of(catalog);
  std::mt19937 random(7);
  for (int round = 0; round < 30; ++round) {
    River merged(settings);
    River single(settings);
    for (int bodies = 0; bodies < 10; ++bodies) {
      std::string body;
      Receipt sum;
      for (int i = 0; i < 40; ++i) {
        const std::string event = any_event(random);
        body += event + '\n';
        sum += single.json("calls", event);
      }
      EXPECT_EQ(summary(merged.post("calls", BodyFormat::ndjson, body)), summary(sum)) << body;
      ASSERT_EQ(told(merged), told(single)) << "round " << round << '\n' << body;
      const std::chrono::milliseconds later(random() % 60'000);
      merged.clock.advance(later);
      single.clock.advance(later);
    }
  }
}

TEST(Pipeline, MergedLinesAmountToTheSameAsThoseOfOneEach) {
  const auto settings = settings_of(kCatalog, kFax);
  River merged(settings);
  River single(settings);
  std::mt19937 random(11);
  for (int bodies = 0; bodies < 60; ++bodies) {
    const char* source = random() % 3 == 0 ? "fax" : "calls";
    const bool keyed = random() % 4 == 0;
    const auto post = [&](River& river, const std::string& text, const std::string& key) {
      RawEvent raw;
      raw.format = BodyFormat::text;
      raw.body = text;
      if (keyed) raw.idempotency_key = key;
      return river.post(source, raw);
    };
    const std::string key = std::to_string(bodies);
    std::string body;
    Receipt sum;
    for (int i = 0; i < 50; ++i) {
      const std::string line = std::to_string(random()) + " said " + std::to_string(1 + random() % 3) +
                               ": word " + static_cast<char>('a' + random() % 9);
      body += line + '\n';
      sum += post(single, line, key + ' ' + std::to_string(i));
    }
    EXPECT_EQ(summary(post(merged, body, key)), summary(sum)) << body;
    if (keyed) EXPECT_EQ(summary(post(merged, body, key)), "duplicate 50");
    ASSERT_EQ(told(merged), told(single)) << body;
  }
}

// Journals hold the keys, so a build that made others would count redeliveries twice.
TEST(Pipeline, AKeyIsOverProviderProductAndIdentity) {
  auto owned = std::make_unique<ToldJournal>();
  ToldJournal& journal = *owned;
  River river(settings_of(kCatalog, kFax), std::move(owned));
  const auto key = [&](const char* source, const std::string& body, const char* idempotency_key) {
    RawEvent raw;
    raw.body = body;
    raw.idempotency_key = idempotency_key;
    river.post(source, raw);
    return journal.last.back().key;
  };
  EXPECT_EQ(key("calls", R"([{"id":"some","code":1},{"id":"a","code":1}])", ""),
            journal.key("acme\nvoice\n4:call1:a"));
  EXPECT_EQ(key("fax", R"({"id":"a","code":1})", ""), journal.key("acme\nfax\n4:call1:a"));
  EXPECT_EQ(key("calls", R"([{"code":1},{"code":1}])", "k"),
            journal.key("acme\nvoice\nidempotency-key:calls:2:k"));
}

TEST(TextArena, TextsStayWhatTheyAreAsMoreCome) {
  TextArena arena;
  const auto text = [](std::size_t i) {
    return std::to_string(i) + std::string(i % 1000 == 7 ? TextArena::kChunkBytes : i % 90, 'x');
  };
  for (int group = 0; group < 3; ++group) {
    std::vector<std::string_view> kept;
    for (std::size_t i = 0; i < 5000; ++i) kept.push_back(arena.keep(text(i)));
    for (std::size_t i = 0; i < kept.size(); ++i) ASSERT_EQ(kept[i], text(i));
    arena.clear();
  }
}

TEST(TextArena, WhatWasKeptLastIsNotCopiedAgain) {
  TextArena arena;
  const std::string_view kept = arena.keep("acme");
  EXPECT_EQ(arena.keep(std::string("acme")).data(), kept.data());
  EXPECT_EQ(arena.keep(""), "");
  EXPECT_EQ(arena.keep("acme").data(), kept.data());
  EXPECT_NE(arena.keep("other").data(), kept.data());
  arena.clear();
  EXPECT_EQ(arena.keep("acme"), "acme");
}

TEST(Pipeline, OneEventFromManyThreadsCountsOnce) {
  River river(settings_of(kCatalog));
  constexpr int kThreads = 8;
  constexpr int kRounds = 50;
  std::array<Receipt, kThreads> receipts;
  std::atomic<int> waiting = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      ++waiting;
      while (waiting < kThreads) std::this_thread::yield();
      for (int i = 0; i < kRounds; ++i) {
        const std::string own =
            "{\"id\":\"own " + std::to_string(t) + ' ' + std::to_string(i) + "\",\"code\":1}";
        const std::string shared =
            "{\"id\":\"shared " + std::to_string(i) + "\",\"status\":\"failed\",\"account\":\"x\"}";
        for (const std::string& body : {own, shared}) {
          RawEvent raw;
          raw.body = body;
          river.pipeline().accept(river.settings().sources[0], raw, [&](const Receipt& receipt) {
            receipts[static_cast<std::size_t>(t)] += receipt;
          });
        }
        river.ledger().Collect();
        river.metrics().Collect();
        EXPECT_NE(river.page().find("\ntelephony_errors_total{"), std::string::npos);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Receipt& receipt : receipts) river.saw(receipt);
  EXPECT_EQ(summary(river.total()), "counted 450, duplicate 350");
  EXPECT_EQ(river.counted(), (Lines{"1 full lines capacity critical = 400", "session failed = 50"}));
}

TEST(Pipeline, ADuplicateRaisesNothing) {
  River river(settings_of(kCatalog));
  const std::string event = R"({"id":"a","status":"failed","code":"unheard_of","account":"x"})";
  EXPECT_EQ(summary(river.json("calls", event)), "counted 1");
  const std::string page = river.page();
  EXPECT_EQ(summary(river.json("calls", event)), "duplicate 1");
  EXPECT_EQ(river.unlisted().list().front().count, 1U);
  EXPECT_EQ(river.counted(), (Lines{"unlisted unlisted unknown unknown warning = 1", "session failed = 1"}));
  EXPECT_EQ(samples(river.metrics()).at(R"(telephony_exporter_unlisted_codes_total{provider="acme"})"), 1);
}

TEST(Pipeline, AnIdempotencyKeyStandsInForAMissingId) {
  River river(settings_of(kCatalog, kFax));
  const auto post = [&](const char* source, const std::string& body, const std::string& key) {
    RawEvent raw;
    raw.body = body;
    raw.idempotency_key = key;
    return summary(river.post(source, raw));
  };
  const std::string without_id = R"({"code":1})";
  EXPECT_EQ(post("calls", without_id, "k1"), "counted 1");
  EXPECT_EQ(post("calls", without_id, "k1"), "duplicate 1");
  EXPECT_EQ(post("calls", without_id, "k2"), "counted 1");
  EXPECT_EQ(post("calls", without_id, ""), "counted 1");
  EXPECT_EQ(post("calls", without_id, ""), "counted 1") << "two identical events without any id are two";
  EXPECT_EQ(post("fax", without_id, "k1"), "counted 1") << "another product";

  const std::string two = R"([{"code":1},{"code":1}])";
  EXPECT_EQ(post("calls", two, "k3"), "counted 2") << "the key names the request, not one record";
  EXPECT_EQ(post("calls", two, "k3"), "duplicate 2");

  EXPECT_EQ(post("calls", R"({"id":"a","code":1})", "k4"), "counted 1");
  EXPECT_EQ(post("calls", R"({"id":"a","code":1})", "k5"), "duplicate 1") << "the event's own id says more";
  EXPECT_EQ(post("calls", R"({"id":"b","code":1})", "k4"), "counted 1");
}

TEST(Pipeline, AnIdIsKnownWithinItsProductOnly) {
  River river(settings_of(kCatalog, kFax));
  EXPECT_EQ(summary(river.json("calls", R"({"id":"a","code":1})")), "counted 1");
  EXPECT_EQ(summary(river.json("fax", R"({"id":"a","code":1})")), "counted 1");
  EXPECT_EQ(summary(river.form("calls", "id=a&code=1")), "duplicate 1") << "in whatever format it comes";
}

TEST(Pipeline, ForgetsIdsAfterTheRetention) {
  River river(settings_of(kCatalog, "journal: {dedup: {retention: 1h}}\n"));
  const std::string event = R"({"id":"a","code":1})";
  EXPECT_EQ(summary(river.json("calls", event)), "counted 1");
  river.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(summary(river.json("calls", event)), "duplicate 1");
  river.clock.advance(std::chrono::seconds(1));
  river.json("calls", R"({"id":"b","code":1})");
  EXPECT_EQ(summary(river.json("calls", event)), "counted 1");
}

TEST(Pipeline, ReportsTheFirstRejects) {
  River river(settings_of(kCatalog));
  std::string body;
  for (int i = 0; i < 25; ++i) body += i % 2 == 0 ? "{\"code\":1}\n" : "nonsense\n";
  const Receipt receipt = river.post("calls", BodyFormat::ndjson, body);
  EXPECT_EQ(summary(receipt), "counted 13, rejected 12");
  ASSERT_EQ(receipt.rejects.size(), 10U);
  EXPECT_EQ(receipt.rejects[0].record, 1U);
  EXPECT_EQ(receipt.rejects[9].record, 19U);
  EXPECT_EQ(receipt.rejects[9].detail, "line 20 is not JSON: wrong at column 2");
}

TEST(Pipeline, CountsWhatWasRefusedBeforeItCouldBeSplit) {
  River river(settings_of(kCatalog));
  for (std::size_t i = 0; i < kRejectCauses; ++i) river.refuse("calls", static_cast<RejectCause>(i));
  const auto exporter = samples(river.metrics());
  for (const char* cause : {"malformed", "too_large", "too_long", "too_deep", "unsupported_type",
                            "unauthenticated", "not_allowed", "bad_code", "unavailable", "timeout"}) {
    EXPECT_EQ(exporter.at("telephony_exporter_rejected_total{cause=\"" + std::string(cause) +
                          "\",source=\"calls\"}"),
              1)
        << cause;
  }
  EXPECT_EQ(summary(river.total()), "rejected 10");
}

TEST(Pipeline, ABodyThatFindsNoMemoryIsRefusedAsAWhole) {
  auto owned = std::make_unique<ToldJournal>();
  ToldJournal& journal = *owned;
  River river(settings_of(kCatalog), std::move(owned));
  int keys = 0;
  journal.on_key = [&] {
    if (++keys == 2) throw std::bad_alloc();
  };
  const std::string body = R"([{"id":"a","code":1},{"id":"b","code":1}])";
  Receipt refused;
  RawEvent raw;
  raw.body = body;
  river.pipeline().accept(river.settings().sources[0], raw,
                          [&](const Receipt& receipt) { refused = receipt; });
  EXPECT_TRUE(refused.unavailable);
  EXPECT_EQ(summary(refused), "rejected 1");
  river.saw(refused);
  EXPECT_EQ(journal.commits, 0);
  EXPECT_NE(river.log_text().find("a body could not be taken in"), std::string::npos);
  EXPECT_EQ(summary(river.json("calls", body)), "counted 2");
}

TEST(Pipeline, TrunksHearOfCallsAfterTheCommitAndNotWithoutIt) {
  const std::string catalog = std::string(kCatalog) +
                              "  - {kind: progress, when: [/stands], account: [/account],\n"
                              "     call: {session: [/session], leg: [/leg], status: [/stands], under_way: "
                              "[open], over: [closed]}}\n";
  auto owned = std::make_unique<ToldJournal>();
  ToldJournal& journal = *owned;
  River river(settings_of(catalog), std::move(owned));
  const auto open = [&] { return samples(river.trunks()).size() > 2; };  // more than the totals
  const std::string body =
      R"([{"account":"east","session":"s","leg":"a","stands":"open"},{"id":"a","code":1,"account":"east"}])";
  journal.on_commit = [&] {
    EXPECT_FALSE(open());
    return false;
  };
  EXPECT_EQ(summary(river.json("calls", body)), "ignored 1, rejected 1");
  EXPECT_FALSE(open());
  journal.on_commit = [] { return true; };
  EXPECT_EQ(summary(river.json("calls", body)), "counted 1, ignored 1");
  EXPECT_TRUE(open());
}

TEST(PipelineDeathTest, ACommitterThatFailsEndsTheProcessAndSaysWhy) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto settings = settings_of(kCatalog);
  const auto fail = [&] {
    ToldJournal journal;
    journal.on_commit = []() -> bool { throw std::runtime_error("the heap is gone"); };
    Ledger ledger(settings);
    Hints hints(settings);
    ExporterMetrics metrics(*settings, journal, ledger);
    CallMetrics calls(settings);
    UnlistedCodes unlisted;
    Log log;
    Pipeline pipeline({journal, ledger, hints, metrics, calls, unlisted, log}, Pipeline::Commits::grouped);
    RawEvent raw;
    raw.body = R"({"id":"a","code":1})";
    pipeline.accept(settings->sources[0], raw, [](const Receipt&) {});
    pipeline.stop();
  };
  EXPECT_EXIT(fail(), testing::KilledBySignal(SIGABRT),
              "commits are not possible any more.*the heap is gone");
}

}  // namespace
}  // namespace telephony
