// The river and its journal against a reference model: random histories of deliveries, kills, restarts,
// reloads and clock jumps. A history that fails is made as short as it can be and printed with what
// reproduces it.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>
#include <optional>
#include <set>

#include "river_fixture.h"

namespace telephony {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr const char* kSettings =
    "accounts: {max: 2}\njournal: {sync: normal, dedup: {retention: 1h, max_keys: 100000}}\n";

std::string catalog_of(bool reloaded) {
  // A reload changes what is said of code 1 and takes code 3 away.
  const std::string severity = reloaded ? "warning" : "critical";
  const auto entry = [](const char* code, const char* reason, const std::string& how_bad) {
    return "      - {code: \"" + std::string(code) + "\", reason: " + reason +
           ", family: all, category: capacity, severity: " + how_bad +
           ", retry: {class: backoff, base: 1m, max: 24h}, message: " + reason +
           ", meaning: m, remedy: r, source: \"https://acme.example/\"}\n";
  };
  return "provider: acme\ntitle: Acme\ncode_spaces:\n  - name: codes\n    title: Codes\n    products: "
         "[voice]\n"
         "    families:\n      - {name: all, title: All, unlisted: {category: unknown, severity: warning, "
         "retry: never}}\n"
         "    codes:\n" +
         entry("1", "one", severity) + entry("2", "two", "critical") +
         (reloaded ? "" : entry("3", "three", "critical")) +
         "outcomes: {failed: [failed]}\nevents:\n  - {kind: call, when: [/status, /code], status: [/status], "
         "code: "
         "[/code], account: [/account], retry_after: [/wait], dedup: {id: [/id]}}\n";
}

struct Step {
  enum Kind { deliver, deliver_twice_in_one_body, kill, restart, reload, pass_minute, pass_hours, set_back };
  Kind kind;
  int id;
};

void showValue(const Step& step, std::ostream& out) {
  static constexpr const char* kNames[] = {"deliver", "twice", "kill", "restart",
                                           "reload",  "+1min", "+2h",  "-3h"};
  out << kNames[step.kind];
  if (step.kind <= Step::deliver_twice_in_one_body) out << ' ' << step.id;
}

/// What a correct exporter would say, in the simplest words there are.
class Model {
 public:
  explicit Model(bool counts_duplicates) : counts_duplicates_(counts_duplicates) {}

  void pass(std::chrono::minutes by) {
    clock_ += by;
    now_ = std::max(now_, clock_);
  }
  void reload() { reloaded_ = !reloaded_; }
  /// What a journal knows of the time is when its newest key was counted.
  void restart() {
    admitted_ = counted_accounts_;
    now_ = minutes(INT_MIN);
    for (const auto& [id, since] : seen_) now_ = std::max(now_, since);
  }

  /// True when it must count, false when it must be a duplicate, nothing when both are right: a key past its
  /// time is forgotten in small steps.
  std::optional<bool> expect(int id) {
    now_ = std::max(now_, clock_);
    const auto seen = seen_.find(id);
    if (seen == seen_.end()) return true;
    if (counts_duplicates_) return true;
    return now_ - seen->second <= hours(1) ? std::optional(false) : std::nullopt;
  }
  void count(int id) {
    seen_[id] = now_;
    ++errors_[code(id)];
    ++sessions_;
    const std::string account = "account_" + std::to_string(id % 4);
    if (admitted_.size() < 2) admitted_.insert(account);
    const bool own = admitted_.contains(account);
    ++accounts_[own ? account : "other"];
    if (own) counted_accounts_.insert(account);
  }

  std::map<std::string, double> page() const {
    std::map<std::string, double> page;
    for (const auto& [code, count] : errors_) {
      if (code != "3" || !reloaded_) page["code " + code] = count;
    }
    for (const auto& [account, count] : accounts_) page["account " + account] = count;
    if (sessions_ > 0) page["sessions"] = sessions_;
    return page;
  }

 private:
  /// While code 3 is not in the catalog it counts as unlisted.
  std::string code(int id) const {
    const int code = 1 + id % 3;
    return code == 3 && reloaded_ ? "unlisted" : std::to_string(code);
  }

  const bool counts_duplicates_;
  bool reloaded_ = false;
  minutes clock_{0};
  minutes now_{INT_MIN};
  std::map<int, minutes> seen_;
  std::map<std::string, double> errors_;
  std::map<std::string, double> accounts_;
  std::set<std::string> admitted_;
  std::set<std::string> counted_accounts_;
  double sessions_ = 0;
};

/// The real thing on disk.
class System {
 public:
  System() { open(); }

  /// Whether each event of the body counted.
  std::vector<bool> deliver(const std::vector<int>& ids) {
    std::vector<bool> counted;
    std::string body;
    for (const int id : ids) {
      body += R"({"id":"e)" + std::to_string(id) + R"(","status":"failed","code":)" +
              std::to_string(1 + id % 3) + R"(,"wait":"3600","account":"account_)" + std::to_string(id % 4) +
              "\"}\n";
    }
    const Receipt receipt = river_->post("calls", BodyFormat::ndjson, body);
    if (!raised_.empty()) raised_.insert(river_->raised());
    RC_ASSERT(receipt.counted + receipt.duplicate == ids.size());
    // Within one body the first is the one that counts.
    for (std::size_t i = 0; i < ids.size(); ++i) counted.push_back(i < receipt.counted);
    return counted;
  }

  void kill() {
    // The page cache outlives the process, so what is in the files now is what the next life finds.
    const std::string next = directory_.path("life" + std::to_string(++lives_));
    std::filesystem::create_directory(next);
    for (const char* file : {"journal.db", "journal.db-wal"}) {
      if (std::filesystem::exists(path_ + '/' + file)) std::filesystem::copy(path_ + '/' + file, next);
    }
    const WallTime now = river_->clock.now();
    path_ = next;
    river_.reset();
    open(now);
    RC_ASSERT(raised_.empty() || raised_.contains(river_->raised()));  // of the last moments nothing is known
    raised_ = {river_->raised()};
  }
  void restart() {
    const WallTime now = river_->clock.now();
    const std::string raised = river_->raised();
    river_.reset();
    open(now);
    RC_ASSERT(river_->raised() == raised);
    raised_ = {raised};
  }
  void reload() {
    reloaded_ = !reloaded_;
    river_->reload(settings(river_->settings().table));
    raised_.clear();
  }
  void pass(std::chrono::minutes by) {
    river_->clock.advance(by);
    river_->journal().maintain(river_->clock.now());
  }

  std::map<std::string, double> page() const {
    std::map<std::string, double> page;
    for (const auto& family : river_->ledger().Collect()) {
      for (const auto& metric : family.metric) {
        if (metric.counter.value == 0) continue;
        const auto add = [&](const std::string& what) { page[what] += metric.counter.value; };
        if (family.name == "telephony_sessions_total") add("sessions");
        for (const auto& label : metric.label) {
          if (family.name == "telephony_errors_total" && label.name == "code") add("code " + label.value);
          if (family.name == "telephony_account_sessions_total" && label.name == "account") {
            add("account " + label.value);
          }
        }
      }
    }
    return page;
  }

 private:
  std::shared_ptr<const Settings> settings(const SeriesTable& before) {
    Settings holder;
    holder.table = before;
    return settings_of(directory_, catalog_of(reloaded_), kSettings, &holder);
  }

  void open(std::optional<WallTime> now = {}) {
    std::filesystem::create_directories(path_);
    OpenJournal journal = open_journal(path_ + "/journal.db", TestClock().now(), log_);
    auto numbered = settings(journal.history.table);
    river_ = std::make_unique<River>(std::move(numbered), std::move(journal));
    if (now)
      river_->clock.advance(
          std::chrono::duration_cast<std::chrono::milliseconds>(*now - river_->clock.now()));
  }

  TestDirectory directory_;
  std::string path_ = directory_.path("life0");
  int lives_ = 0;
  bool reloaded_ = false;
  /// At any time since the start; empty when a reload changed what it means.
  std::set<std::string> raised_ = {""};
  Log log_{LogLevel::error, LogFormat::logfmt,
           [](std::string_view line) { throw std::runtime_error(std::string(line)); }};
  std::unique_ptr<River> river_;
};

/// Both live through the history, and agree on every reply and at every end.
void live_through(const std::vector<Step>& history, bool wrong_model = false) {
  System system;
  Model model(wrong_model);
  const auto deliver = [&](int id, bool counted) {
    const std::optional<bool> expected = model.expect(id);
    if (expected) RC_ASSERT(counted == *expected);
    if (counted) model.count(id);
  };
  for (const Step& step : history) {
    switch (step.kind) {
      case Step::deliver:
        deliver(step.id, system.deliver({step.id})[0]);
        break;
      case Step::deliver_twice_in_one_body: {
        const std::vector<bool> counted = system.deliver({step.id, step.id});
        deliver(step.id, counted[0]);
        deliver(step.id, counted[1]);
        break;
      }
      case Step::kill:
        system.kill();
        model.restart();
        break;
      case Step::restart:
        system.restart();
        model.restart();
        break;
      case Step::reload:
        system.reload();
        model.reload();
        break;
      case Step::pass_minute:
      case Step::pass_hours:
      case Step::set_back: {
        const minutes by = step.kind == Step::pass_minute  ? minutes(1)
                           : step.kind == Step::pass_hours ? minutes(120)
                                                           : minutes(-180);
        system.pass(by);
        model.pass(by);
        break;
      }
    }
    RC_ASSERT(system.page() == model.page());
  }
}

rc::Gen<std::vector<Step>> histories() {
  const auto kind = rc::gen::weightedElement<Step::Kind>({{12, Step::deliver},
                                                          {3, Step::deliver_twice_in_one_body},
                                                          {2, Step::kill},
                                                          {2, Step::restart},
                                                          {2, Step::reload},
                                                          {3, Step::pass_minute},
                                                          {1, Step::pass_hours},
                                                          {1, Step::set_back}});
  return rc::gen::container<std::vector<Step>>(rc::gen::construct<Step>(kind, rc::gen::inRange(0, 24)));
}

TEST(Model, RandomHistoriesGoAsTheReferenceModelSays) {
  EXPECT_TRUE(rc::check("the exporter and the model agree", [] { live_through(*histories()); }));
}

TEST(Model, AHistoryThatFailsIsMadeShort) {
  const auto result = rc::detail::checkTestable([] { live_through(*histories(), true); });
  ASSERT_TRUE(result.is<rc::detail::FailureResult>());
  const auto& failure = result.get<rc::detail::FailureResult>();
  ASSERT_EQ(failure.counterExample.size(), 1U);
  const std::string& shown = failure.counterExample.front().second;
  EXPECT_LE(std::count(shown.begin(), shown.end(), ','), 1) << "two deliveries are enough: " << shown;
}

}  // namespace
}  // namespace telephony
