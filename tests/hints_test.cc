// The states of retry hints: who raises which, what lowers them, and what is kept.
#include "telephony_exporter/hint/hints.h"

#include <gtest/gtest.h>

#include <random>

#include "journal_fixture.h"
#include "river_fixture.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::string catalog(const std::string& full = "{class: backoff, base: 5s, max: 1h}") {
  const auto entry = [](const char* code, const char* reason, const char* category,
                        const std::string& retry) {
    return "      - {code: '" + std::string(code) + "', reason: " + reason +
           ", family: all, category: " + category + ", severity: critical, retry: " + retry +
           ", message: " + reason + ", meaning: m, remedy: Wait.}\n";
  };
  return "provider: acme\ntitle: Acme\ncode_spaces:\n  - name: codes\n    title: Codes\n    products: "
         "[voice, fax]\n"
         "    source: https://acme.example/\n    families:\n"
         "      - {name: all, title: All, unlisted: {category: unknown, severity: warning, retry: {class: "
         "backoff, "
         "base: 5s, max: 1h}}}\n    codes:\n" +
         entry("1", "full", "capacity", full) +
         entry("2", "down", "platform", "{class: backoff, base: 10s, max: 1h}") +
         entry("3", "busy", "user", "{class: later, base: 5m, max: 1h}") +
         entry("4", "lost", "media", "immediate") + entry("9", "barred", "policy", "never") +
         "outcomes: {completed: [done], failed: [failed]}\n"
         "events:\n  - {kind: call, when: [/status, /code], status: [/status], code: [/code], account: "
         "[/account], "
         "retry_after: [/wait], dedup: {id: [/id]}}\n";
}

constexpr const char* kFax =
    "  - {name: fax, provider: acme, product: fax, webhook: {path: /fax, auth: none}}\n";

class HintsTest : public ::testing::Test {
 protected:
  std::shared_ptr<const Settings> settings(const std::string& text, const Settings* before = nullptr) const {
    return settings_of(directory_, text, std::string(kFax) + "accounts: {max: 3}\n", before);
  }
  Hints& hints() { return river_.hints(); }

  SeriesId series(std::string_view code, std::string_view source = "calls") const {
    const Source& from = *river_.settings().source(source);
    return from.series[from.space->with_code(code).front()];
  }
  void refuse(std::string_view code, std::string_view account, int times = 20,
              std::string_view source = "calls") {
    for (int i = 0; i < times; ++i) {
      river_.clock.advance(seconds(30));
      river_.json(source, event(code, account, ""));
    }
  }
  void complete(std::string_view account, int times = 1, std::string_view source = "calls") {
    for (int i = 0; i < times; ++i) {
      river_.clock.advance(seconds(5));
      river_.json(source, R"({"status":"done","account":")" + std::string(account) + "\"}");
    }
  }
  static std::string event(std::string_view code, std::string_view account, const std::string& more) {
    return R"({"code":")" + std::string(code) + R"(","account":")" + std::string(account) + '"' + more + '}';
  }
  double after(std::string_view code, std::optional<std::string_view> account = {},
               std::string_view source = "calls") {
    return hints().hint(series(code, source), account, river_.clock.now()).after.count();
  }
  std::map<std::string, double> page() {
    return samples(HintMetrics(hints(), [this] { return river_.clock.now(); }));
  }
  double metric(const std::string& name, const std::string& code, const std::string& reason) {
    return page().at(name + "{code=\"" + code + R"(",product="voice",provider="acme",reason=")" + reason +
                     "\"}");
  }

  TestDirectory directory_;
  River river_{settings(catalog())};
};

TEST_F(HintsTest, AtRestTheCatalogSpeaks) {
  EXPECT_EQ(after("1"), 5);
  EXPECT_EQ(after("3", "kite"), 300);
  EXPECT_EQ(after("4"), 0);
  EXPECT_FALSE(hints().hint(series("9"), {}, river_.clock.now()).allowed);
  EXPECT_EQ(metric("telephony_retry_after_seconds", "3", "busy"), 300);
  EXPECT_EQ(metric("telephony_retry_not_before_timestamp_seconds", "1", "full"), 0);
  EXPECT_EQ(metric("telephony_retry_allowed", "9", "barred"), 0);
  for (const auto& [name, value] : page()) {
    EXPECT_FALSE(name.starts_with("telephony_account_retry")) << name;
    EXPECT_EQ(name.find("unlisted"), name.npos) << name;
    if (!name.starts_with("telephony_retry_allowed")) EXPECT_EQ(name.find("barred"), name.npos) << name;
  }
}

TEST_F(HintsTest, RefusalsRaiseTheirCodeOfTheirAccountOnly) {
  refuse("1", "kite");
  EXPECT_GT(after("1", "kite"), 5);
  EXPECT_EQ(after("1", "lark"), 5);
  EXPECT_EQ(after("1", "kite", "fax"), 5);
  EXPECT_EQ(after("2", "kite"), 10);
  EXPECT_EQ(after("1"), after("1", "kite")) << "without an account, the worst";
  EXPECT_LE(after("1"), 3600);
}

TEST_F(HintsTest, SuccessesLowerAllHintsOfTheirStreamAndAccount) {
  for (int i = 0; i < 20; ++i) {
    for (const char* account : {"kite", "lark"}) {
      for (const char* code : {"1", "2"}) river_.json("calls", event(code, account, ""));
    }
    refuse("1", "kite", 1, "fax");
  }
  complete("kite", 20);
  for (const char* code : {"1", "2"}) EXPECT_LT(after(code, "kite"), after(code, "lark")) << code;
  EXPECT_LT(after("1", "kite"), after("1", "kite", "fax"));
  EXPECT_GT(after("1", "lark"), 5);
  complete("kite", 2000);
  EXPECT_EQ(after("1", "kite"), 5);
  EXPECT_EQ(after("2", "kite"), 10);
}

TEST_F(HintsTest, WhatDoesNotConcernThemChangesNothing) {
  river_.json("calls", R"({"id":"a","code":"1","account":"kite"})");
  const auto once = hints().unkept(9);
  for (int i = 0; i < 20; ++i) river_.json("calls", R"({"id":"a","code":"1","account":"kite"})");
  river_.json("calls", event("9", "lark", ""));
  river_.json("calls", event("777", "lark", ""));
  river_.json("calls", R"({"status":"failed","account":"kite"})");
  EXPECT_EQ(hints().unkept(9).size(), once.size());
  EXPECT_EQ(after("1", "lark"), 5);
}

TEST_F(HintsTest, ASessionThatCompletedWithAnErrorIsNoSuccess) {
  refuse("1", "kite");
  const double before = after("1", "kite");
  river_.json("calls", event("2", "kite", R"(,"status":"done")"));
  EXPECT_GE(after("1", "kite"), before);
}

TEST_F(HintsTest, EventsWithoutAnAccountAreTheirOwn) {
  refuse("1", "");
  EXPECT_GT(after("1", ""), 5);
  EXPECT_EQ(after("1", "kite"), 5);
  EXPECT_GT(metric("telephony_retry_after_seconds", "1", "full"), 5);
  for (const auto& [name, value] : page()) EXPECT_FALSE(name.starts_with("telephony_account_retry")) << name;
  complete("", 2000);
  EXPECT_EQ(after("1", ""), 5);
}

TEST_F(HintsTest, AWaitThatWasAskedForWinsAndIsCapped) {
  river_.json("calls", event("1", "kite", R"(,"wait":"1800")"));
  EXPECT_EQ(after("1", "kite"), 1800);
  const double end = 1'700'000'000 + 1800;
  EXPECT_EQ(metric("telephony_retry_not_before_timestamp_seconds", "1", "full"), end);
  river_.json("calls", event("1", "lark", R"(,"wait":"86400")"));
  EXPECT_EQ(after("1", "lark"), 3600);
  river_.clock.advance(minutes(20));
  EXPECT_LE(after("1", "kite"), 600) << "time passes between scrapes";
}

TEST_F(HintsTest, ThePageHasTheWorstAccountAndThoseThatAreRaised) {
  refuse("2", "kite", 3);
  refuse("2", "lark", 12);
  const std::string of = R"(",code="2",product="voice",provider="acme",reason="down"})";
  const std::string name = "telephony_account_retry_after_seconds{account=\"";
  EXPECT_EQ(page().at(name + "lark" + of), after("2", "lark"));
  EXPECT_EQ(metric("telephony_retry_after_seconds", "2", "down"),
            std::max(after("2", "lark"), after("2", "kite")));
  const double now = std::chrono::duration<double>(river_.clock.now().time_since_epoch()).count();
  const double end = metric("telephony_retry_not_before_timestamp_seconds", "2", "down");
  EXPECT_GT(end, now);
  EXPECT_LE(end, now + 3600);
  complete("lark", 2000);
  EXPECT_FALSE(page().contains(name + "lark" + of));
}

TEST_F(HintsTest, ThePageHasWhoeverWouldBeToldToWaitLongerThanUsual) {
  std::mt19937 random(7);
  const auto one_of = [&](std::vector<std::string> words) { return words[random() % words.size()]; };
  for (int i = 0; i < 2000; ++i) {
    const std::string account = one_of({"kite", "lark", "wren", ""});
    river_.clock.advance(seconds(random() % 40));
    if (random() % 3 == 0) {
      complete(account, 1);
    } else {
      const std::string wait = one_of({"", "", "", R"(,"wait":"60")"});
      river_.json("calls", event(one_of({"1", "2", "3", "4", "9"}), account, wait));
    }
    std::map<std::pair<SeriesId, std::string>, double> expected, shown;
    for (const char* code : {"1", "2", "3", "4"}) {
      const double usual = after(code, "nobody");
      for (const char* name : {"kite", "lark", "wren", ""}) {
        if (const double wait = after(code, name); wait > usual) expected[{series(code), name}] = wait;
      }
    }
    for (const RaisedHint& hint : hints().numbers(river_.clock.now()).raised)
      shown[{hint.series, hint.account}] = hint.after.count();
    ASSERT_EQ(shown, expected) << "after " << i << " events";
  }
}

TEST_F(HintsTest, APageAsksForTrunksOnceOneIsKnown) {
  int asked = 0;
  bool any = false;
  const TrunkView slow = {1, 1, 600};
  Hints hints(
      settings(catalog()), [&](StreamId, std::string_view) { return ++asked, slow; }, [&] { return any; });
  Posting refused;
  refused.stream = river_.settings().source("calls")->stream;
  refused.error = series("1");
  refused.account = "kite";
  refused.received = river_.clock.now();
  hints.post({&refused, 1});
  EXPECT_TRUE(hints.numbers(river_.clock.now()).raised.empty());
  EXPECT_EQ(asked, 0);
  any = true;
  const auto raised = hints.numbers(river_.clock.now()).raised;
  ASSERT_EQ(raised.size(), 1U);
  EXPECT_EQ(raised[0].after, Seconds(600));
}

TEST_F(HintsTest, AReloadKeepsTheStatesAndAdvisesAnew) {
  refuse("1", "kite", 50);
  const SeriesId full = series("1");
  const auto now = [&] { return hints().hint(full, "kite", river_.clock.now()); };
  const auto raised = now().after;
  const auto first = settings(catalog(), &river_.settings());
  river_.reload(settings(catalog("{class: backoff, base: 5s, max: 7s}"), first.get()));
  EXPECT_LE(now().after, Seconds(7));
  EXPECT_GE(now().after, Seconds(5));
  river_.reload(settings(catalog("never"), first.get()));
  EXPECT_FALSE(now().allowed);
  EXPECT_TRUE(hints().numbers(river_.clock.now()).raised.empty());
  river_.reload(settings(catalog(), first.get()));
  EXPECT_EQ(now().after, raised);
}

TEST_F(HintsTest, NoMoreStatesThanAccountsInTheBudget) {
  for (int i = 0; i < 500; ++i) {
    river_.json("calls", event("1", "account_" + std::to_string(i), R"(,"wait":"1800")"));
  }
  std::set<std::string> accounts;
  for (const RaisedHint& hint : hints().numbers(river_.clock.now()).raised) accounts.insert(hint.account);
  EXPECT_EQ(accounts.size(), 4U) << "three, and other";
  EXPECT_TRUE(accounts.contains("other"));
}

TEST_F(HintsTest, SilenceIsForgotten) {
  refuse("1", "kite");
  refuse("2", "");
  river_.clock.advance(limits::kHintForgottenAfter + hours(1));
  for (int i = 0; i < 2; ++i) complete("lark");
  EXPECT_EQ(after("1", "kite"), 5);
  EXPECT_EQ(after("2", ""), 10);
  EXPECT_TRUE(hints().unkept(9).empty());
}

/// Postings straight to the hints, so that nobody keeps what changes.
class LoneHints : public HintsTest {
 protected:
  void fail(std::string_view code, std::string_view account, int times = 10) {
    for (int i = 0; i < times; ++i) {
      Posting posting = error_posting({}, series(code), account, now_ += seconds(1));
      posting.stream = river_.settings().source("calls")->stream;
      lone_.post({&posting, 1});
    }
  }
  void succeed(std::string_view account) {
    Posting posting;
    posting.stream = river_.settings().source("calls")->stream;
    posting.session = static_cast<std::uint8_t>(Outcome::completed);
    posting.account = account;
    posting.received = now_ += seconds(5);
    lone_.post({&posting, 1});
  }
  static std::string names(const std::vector<KeptHint>& hints) {
    std::string out;
    for (const KeptHint& hint : hints) out += hint.account + (hint.state == HintState() ? "- " : " ");
    return out;
  }

  const std::shared_ptr<const Settings> settings_ = settings(catalog());
  Hints lone_{settings_};
  WallTime now_ = TestClock().now();
};

TEST_F(LoneHints, WhatChangedIsToBeKeptOnce) {
  for (const char* account : {"kite", "lark", "wren"}) fail("1", account);
  EXPECT_EQ(names(lone_.unkept(2)), "kite lark ");
  EXPECT_EQ(names(lone_.unkept(9)), "kite lark wren ") << "until it is kept";
  lone_.kept(2);
  fail("1", "kite");
  EXPECT_EQ(names(lone_.unkept(9)), "wren kite ");
  lone_.kept(2);
  EXPECT_TRUE(lone_.unkept(9).empty());
  for (int i = 0; i < 2000; ++i) succeed("kite");
  EXPECT_EQ(names(lone_.unkept(9)), "kite- ") << "to be removed";
  lone_.kept(1);
  succeed("kite");
  EXPECT_TRUE(lone_.unkept(9).empty());
  fail("1", "kite", 1);
  EXPECT_EQ(names(lone_.unkept(9)), "kite ") << "as if it were the first time";
}

TEST_F(LoneHints, NeighboursDoNotDisturbEachOther) {
  for (int i = 0; i < 10; ++i) {
    fail("1", "kite", 1);
    fail("2", "lark", 1);
    fail("1", "lark", 1);
  }
  Hints one(settings_);
  now_ = TestClock().now();
  for (int i = 0; i < 10; ++i, now_ += seconds(2)) {
    Posting posting = error_posting({}, series("1"), "kite", now_ += seconds(1));
    posting.stream = river_.settings().source("calls")->stream;
    one.post({&posting, 1});
  }
  EXPECT_EQ(names(lone_.unkept(9)), "kite lark lark ");
  EXPECT_EQ(lone_.unkept(1).front().state, one.unkept(1).front().state);
}

TEST_F(LoneHints, WhatWasKeptGoesOn) {
  fail("1", "kite");
  fail("2", "");
  Hints next(settings_);
  next.restore(lone_.unkept(9));
  for (const char* code : {"1", "2"}) {
    for (const char* account : {"kite", ""}) {
      EXPECT_EQ(next.hint(series(code), account, now_).after, lone_.hint(series(code), account, now_).after);
    }
  }
  EXPECT_TRUE(next.unkept(9).empty());
  Posting done;
  done.stream = river_.settings().source("calls")->stream;
  done.session = static_cast<std::uint8_t>(Outcome::completed);
  done.account = "kite";
  for (int i = 0; i < 2000; ++i) {
    done.received = now_ += seconds(5);
    next.post({&done, 1});
  }
  EXPECT_EQ(names(next.unkept(9)), "kite- ");
}

TEST_F(LoneHints, TrunksAreAskedAboutForCapacityOnly) {
  std::string asked;
  Hints hints(settings_, [&](StreamId stream, std::string_view account) {
    asked += std::to_string(stream) + ' ' + std::string(account) + ' ';
    return TrunkView();
  });
  hints.hint(series("2"), "kite", now_);
  EXPECT_EQ(asked, "");
  hints.hint(series("1"), "kite", now_);
  EXPECT_EQ(asked, std::to_string(river_.settings().source("calls")->stream) + " kite ");
}

}  // namespace
}  // namespace telephony
