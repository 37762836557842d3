#include "bench/simulation.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <queue>

#include "bench/callers.h"
#include "bench/exporter.h"
#include "bench/luck.h"

namespace telephony::bench {
namespace {

constexpr double kAttemptSeconds = 2;        ///< of a program that dials, is refused and dials again at once
constexpr double kProviderAsksSeconds = 60;  ///< whatever happens

enum class Kind { attempt, hangup, report_refusal, report_connect, report_end };

struct Happening {
  double at = 0;
  Kind kind = Kind::attempt;
  std::uint32_t caller = 0;
  Code code = Code::trunk_full;
  bool operator>(const Happening& other) const { return at > other.at; }
};

class World {
 public:
  World(const Scenario& scenario, Strategy strategy, std::uint64_t seed)
      : scenario_(scenario),
        strategy_(strategy),
        luck_(seed),
        callers_(arrivals(scenario, luck_)),
        exporter_(scenario.retry) {}

  void run() {
    std::uint32_t next = 0;
    while (next < callers_.size() || !queue_.empty()) {
      if (next < callers_.size() && (queue_.empty() || callers_[next].arrives <= queue_.top().at)) {
        attempt(next, callers_[next].arrives);
        ++next;
        continue;
      }
      const Happening happening = queue_.top();
      queue_.pop();
      happen(happening);
    }
  }

  Result result() const {
    Result result;
    double refused = 0, sum = 0, squares = 0;
    for (const Caller& caller : callers_) {
      const bool through = caller.connected >= 0;
      result.completed += through;
      refused += caller.attempts - through;
      sum += caller.attempts;
      squares += static_cast<double>(caller.attempts) * caller.attempts;
    }
    result.wasted = refused / result.completed;
    result.fairness = sum * sum / (squares * static_cast<double>(callers_.size()));
    result.recovery_seconds = recovery();
    return result;
  }

 private:
  double recovery() const {
    const double end = scenario_.outage.until_seconds;
    std::vector<double> waits;
    for (const Caller& caller : callers_)
      if (caller.arrives < end && caller.connected >= end) waits.push_back(caller.connected - end);
    if (waits.empty()) return 0;
    const auto ninth = waits.begin() + static_cast<std::ptrdiff_t>(0.9 * static_cast<double>(waits.size()));
    std::nth_element(waits.begin(), ninth, waits.end());
    return *ninth;
  }

  void happen(const Happening& happening) {
    const Caller& caller = callers_[happening.caller];
    switch (happening.kind) {
      case Kind::attempt:
        return attempt(happening.caller, happening.at);
      case Kind::hangup:
        --busy_;
        return report(Kind::report_end, happening.caller, happening.at);
      case Kind::report_refusal:
        return exporter_.refused(happening.code, happening.at);
      case Kind::report_connect:
        return exporter_.connected();
      case Kind::report_end:
        return exporter_.ended(happening.at, caller.holding);
    }
  }

  void attempt(std::uint32_t id, double now) {
    Caller& caller = callers_[id];
    ++caller.attempts;
    if (const auto code = refusal(id, now)) return refuse(id, now, *code);
    ++busy_;
    caller.connected = now;
    queue_.push({now + caller.holding, Kind::hangup, id});
    report(Kind::report_connect, id, now);
  }

  std::optional<Code> refusal(std::uint32_t id, double now) const {
    const Outage& outage = scenario_.outage;
    const bool during = now >= outage.from_seconds && now < outage.until_seconds;
    if (during && luck_.share(Use::outage, id, callers_[id].attempts) < outage.failing)
      return Code::out_of_service;
    if (busy_ == scenario_.channels) return Code::trunk_full;
    return std::nullopt;
  }

  void refuse(std::uint32_t id, double now, Code code) {
    report(Kind::report_refusal, id, now, code);
    const double again = now + wait(id, now, code);
    if (again < callers_[id].leaves) queue_.push({again, Kind::attempt, id});
  }

  double wait(std::uint32_t id, double now, Code code) const {
    const double base = static_cast<double>(scenario_.retry.base.count());
    const double max = static_cast<double>(scenario_.retry.max.count());
    const double share = luck_.share(Use::share, id, callers_[id].attempts);
    switch (strategy_) {
      case Strategy::at_once:
        return kAttemptSeconds;
      case Strategy::fixed:
        return base;
      case Strategy::full_jitter:
        return share * std::min(max, base * std::exp2(callers_[id].attempts - 1));
      case Strategy::retry_after:
        return kProviderAsksSeconds;
      case Strategy::hint:
        return exporter_.hint(code, now).wait(share).count();
    }
    return 0;
  }

  void report(Kind kind, std::uint32_t id, double now, Code code = Code::trunk_full) {
    if (strategy_ == Strategy::hint) queue_.push({now + kReportDelaySeconds, kind, id, code});
  }

  const Scenario& scenario_;
  Strategy strategy_;
  Luck luck_;
  std::vector<Caller> callers_;
  std::priority_queue<Happening, std::vector<Happening>, std::greater<>> queue_;
  Exporter exporter_;
  int busy_ = 0;
};

}  // namespace

std::string name(Strategy strategy) {
  switch (strategy) {
    case Strategy::at_once:
      return "at once";
    case Strategy::fixed:
      return "fixed wait";
    case Strategy::full_jitter:
      return "full jitter";
    case Strategy::retry_after:
      return "Retry-After";
    case Strategy::hint:
      return "hint";
  }
  return "";
}

Result simulate(const Scenario& scenario, Strategy strategy, std::uint64_t seed) {
  World world(scenario, strategy, seed);
  world.run();
  return world.result();
}

}  // namespace telephony::bench
