#include "telephony_exporter/hint/hints.h"

#include <algorithm>

#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

/// Nothing is remembered but when that came to be.
bool at_rest(const HintState& state) {
  return state.level == 0 && state.waiting == 0 && state.not_before == WallTime();
}

/// A wait is no longer than at rest without one of these; time only takes from them.
bool may_be_longer(const HintState& state) { return state.level > 0 || state.not_before > WallTime(); }

WallTime later(WallTime time, Seconds by) {
  return time + std::chrono::duration_cast<WallTime::duration>(by);
}

}  // namespace

Hints::Hints(std::shared_ptr<const Settings> settings, TrunkOf trunk_of, AnyTrunk any_trunk)
    : trunk_of_(std::move(trunk_of)), any_trunk_(std::move(any_trunk)) {
  adopt(std::move(settings));
}

void Hints::adopt(std::shared_ptr<const Settings> settings) {
  std::vector<Advice> advice;
  for (const ActiveStream& stream : settings->streams) {
    for (std::uint32_t i = 0; !stream.space->is_unlisted(i); ++i) {
      const Entry& entry = stream.space->entries[i];
      if (!entry.counts) continue;
      const SeriesId series = (*stream.series)[i];
      if (series >= advice.size()) advice.resize(series + 1);
      advice[series] = {entry.retry, entry.category == Category::capacity, rest_hint(entry.retry).allowed};
    }
  }
  const std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
  advice_ = std::move(advice);
}

void Hints::restore(std::span<const KeptHint> hints) {
  const std::lock_guard lock(mutex_);
  for (const KeptHint& hint : hints) {
    Account& account = *states_[hint.series].try_emplace(hint.account).first;
    account.second.state = hint.state;
    if (!std::exchange(account.second.raised, true)) note_raised(hint.series, hint.account, true);
    note_longer(hint.series, account);
  }
}

void Hints::post(std::span<const Posting> batch) {
  constexpr auto kCompleted = static_cast<std::uint8_t>(Outcome::completed);
  const std::lock_guard lock(mutex_);
  for (const Posting& posting : batch) {
    if (posting.duplicate) continue;
    if (posting.error && advice(*posting.error).allowed) {
      fail(posting, advice(*posting.error));
    } else if (posting.session == kCompleted) {
      succeed(posting);
    }
  }
}

void Hints::fail(const Posting& posting, const Advice& known) {
  const SeriesId series = *posting.error;
  Account* account = recent(series, posting);
  const HintState before = account == nullptr ? HintState() : account->second.state;
  const HintState state =
      after_failure(before, known.retry, posting.received, posting.retry_after, posting.count);
  if (account == nullptr) {
    if (at_rest(state)) return;
    account = &*states_[series].try_emplace(std::string(posting.account)).first;
  }
  set(series, *account, state);
}

void Hints::succeed(const Posting& posting) {
  const auto stream = raised_.find(posting.stream);
  if (stream == raised_.end()) return;
  const auto account = stream->second.find(posting.account);
  if (account == stream->second.end()) return;
  const std::vector<SeriesId> raised = account->second;  // what is back at rest leaves it
  for (const SeriesId series : raised) {
    Account& known = *recent(series, posting);
    set(series, known, after_success(known.second.state, advice(series).retry, posting.received));
  }
}

void Hints::set(SeriesId series, Account& account, const HintState& state) {
  const bool rests = at_rest(state);
  auto& [name, record] = account;
  record.state = rests ? HintState() : state;
  if (std::exchange(record.raised, !rests) == rests) note_raised(series, name, !rests);
  note_longer(series, account);
  if (!std::exchange(record.unkept, true)) unkept_.emplace_back(series, name);
}

void Hints::note_raised(SeriesId series, const std::string& account, bool raised) {
  auto& accounts = raised_[stream_of(series)];
  if (raised) {
    accounts[account].push_back(series);
    return;
  }
  const auto found = accounts.find(account);
  if (found == accounts.end()) return;
  std::erase(found->second, series);
  if (found->second.empty()) accounts.erase(found);
}

void Hints::note_longer(SeriesId series, Account& account) {
  const bool longer = may_be_longer(account.second.state);
  if (std::exchange(account.second.longer, longer) == longer) return;
  if (longer) {
    longer_[series].insert(&account);
  } else {
    longer_[series].erase(&account);
  }
}

const Hints::Record* Hints::find(SeriesId series, std::string_view account) const {
  const auto accounts = states_.find(series);
  if (accounts == states_.end()) return nullptr;
  const auto found = accounts->second.find(account);
  return found == accounts->second.end() ? nullptr : &found->second;
}

/// What stands in a map stays where it is, so most are found again without a search. Numbers of accounts only
/// name the place, since those that were not admitted share one.
Hints::Account* Hints::recent(SeriesId series, const Posting& posting) {
  Recent& recent = recent_[(posting.account_id + 17 * series) % recent_.size()];
  if (recent.account != nullptr && recent.series == series && recent.account->first == posting.account) {
    return recent.account;
  }
  const auto accounts = states_.find(series);
  if (accounts == states_.end()) return nullptr;
  const auto found = accounts->second.find(posting.account);
  if (found == accounts->second.end()) return nullptr;
  recent = {series, &*found};
  return recent.account;
}

const Hints::Advice& Hints::advice(SeriesId series) const {
  static const Advice kNone;
  return series < advice_.size() ? advice_[series] : kNone;
}

TrunkView Hints::trunk_view(SeriesId series, std::string_view account) const {
  return advice(series).capacity && trunk_of_ ? trunk_of_(stream_of(series), account) : TrunkView();
}

Hint Hints::now_of(SeriesId series, std::string_view account, const HintState& state, WallTime now) const {
  return hint_now(state, advice(series).retry, now, trunk_view(series, account));
}

Hint Hints::hint(SeriesId series, std::optional<std::string_view> account, WallTime now) const {
  const std::lock_guard lock(mutex_);
  if (account) {
    const Record* record = find(series, *account);
    return now_of(series, *account, record == nullptr ? HintState() : record->state, now);
  }
  Hint worst = hint_now(HintState(), advice(series).retry, now);
  const auto accounts = states_.find(series);
  if (accounts == states_.end()) return worst;
  for (const auto& [name, record] : accounts->second) {
    const Hint hint = now_of(series, name, record.state, now);
    if (hint.after + hint.spread > worst.after + worst.spread) worst = hint;
  }
  return worst;
}

void Hints::add_raised(SeriesId series, const Account& account, WallTime now, Numbers& raised) const {
  const auto& [name, record] = account;
  const TrunkView trunk = trunk_view(series, name);
  if (!record.longer && trunk.mean_holding_seconds == 0) return;
  const Retry& retry = advice(series).retry;
  const Hint hint = hint_now(record.state, retry, now, trunk);
  if (!hint.allowed || hint.after <= rest_hint(retry).after) return;
  const WallTime end = std::max(later(record.state.changed, hint.after), record.state.not_before);
  raised.push_back({series, name, hint.after, end});
}

HintNumbers Hints::numbers(WallTime now) const {
  const std::lock_guard lock(mutex_);
  HintNumbers numbers{settings_, {}};
  const bool trunks = trunk_of_ && any_trunk_();
  const auto by_trunk = [&](SeriesId series) { return trunks && advice(series).capacity; };
  for (const auto& [series, accounts] : states_) {
    if (!by_trunk(series)) continue;
    for (const Account& account : accounts) add_raised(series, account, now, numbers.raised);
  }
  for (const auto& [series, accounts] : longer_) {
    if (by_trunk(series)) continue;
    for (const Account* account : accounts) add_raised(series, *account, now, numbers.raised);
  }
  return numbers;
}

std::vector<KeptHint> Hints::unkept(std::size_t most) const {
  const std::lock_guard lock(mutex_);
  std::vector<KeptHint> hints;
  for (std::size_t i = 0; i < std::min(most, unkept_.size()); ++i) {
    const auto& [series, account] = unkept_[i];
    hints.push_back({series, account, states_.at(series).at(account).state});
  }
  return hints;
}

void Hints::kept(std::size_t count) {
  const std::lock_guard lock(mutex_);
  for (; count > 0; --count, unkept_.pop_front()) {
    const auto accounts = states_.find(unkept_.front().first);
    const auto found = accounts->second.find(unkept_.front().second);
    found->second.unkept = false;
    if (found->second.state != HintState()) continue;
    for (Recent& recent : recent_) {
      if (recent.account == &*found) recent = {};
    }
    accounts->second.erase(found);
    if (accounts->second.empty()) states_.erase(accounts);
  }
}

void Hints::forget(WallTime now) {
  const std::lock_guard lock(mutex_);
  std::size_t steps = limits::kHintsLookedAt;
  for (auto series = states_.lower_bound(looked_at_ ? looked_at_->first : 0); series != states_.end();
       ++series) {
    auto& accounts = series->second;
    const bool begun = looked_at_ && series->first == looked_at_->first;
    for (auto it = begun ? accounts.upper_bound(looked_at_->second) : accounts.begin(); it != accounts.end();
         ++it) {
      if (steps-- == 0) return;
      looked_at_ = {series->first, it->first};
      const HintState& state = it->second.state;
      const WallTime since = std::max(state.changed, state.not_before);
      if (state != HintState() && now - since > limits::kHintForgottenAfter) set(series->first, *it, {});
    }
  }
  looked_at_.reset();
}

}  // namespace telephony
