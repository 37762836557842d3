#include "telephony_exporter/record/ledger.h"

#include <algorithm>

#include "record/ledger_layout.h"

namespace telephony {
namespace {

std::uint64_t pair_key(std::uint32_t series, AccountId account) {
  return std::uint64_t{series} << 32 | account;
}

double unix_seconds(UnixMicros time) { return static_cast<double>(time) / 1e6; }

}  // namespace

Ledger::Ledger(std::shared_ptr<const Settings> settings) { adopt(std::move(settings)); }

Ledger::~Ledger() = default;

void Ledger::adopt(std::shared_ptr<const Settings> settings) {
  const std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
  const SeriesTable& table = settings_->table;
  for (auto id = static_cast<SeriesId>(errors_.size()); id < table.errors().size(); ++id) {
    errors_.emplace_back().add(0, to_micros(table.error_created(id)), {});
    const ErrorSeries& series = table.errors()[id];
    const bool unlisted = series.reason == kUnlisted;
    account_series_.push_back(unlisted ? unlisted_.try_emplace(series.stream, id).first->second : id);
  }
  for (auto id = static_cast<StreamId>(sessions_.size()); id < table.streams().size(); ++id) {
    for (Tally& tally : sessions_.emplace_back()) tally.add(0, to_micros(table.stream_created(id)));
  }
  accounts_.limit(settings_->accounts_max, settings_->accounts_allow);
  prepare_allowed_accounts();
}

void Ledger::restore(const History& history) {
  const std::lock_guard lock(mutex_);
  for (const History::Errors& row : history.errors) {
    const UnixMicros created = to_micros(row.created), last_seen = to_micros(row.last_seen);
    errors_[row.series].add(row.count, created, last_seen);
    if (row.account.empty()) continue;
    const AccountId account = restore_account(history.table.errors()[row.series].stream, row.account);
    account_errors(row.series, account).add(row.count, created, last_seen);
  }
  for (const History::Sessions& row : history.sessions) {
    const UnixMicros created = to_micros(row.created);
    sessions_[row.stream][row.outcome].add(row.count, created);
    if (row.account.empty()) continue;
    const AccountId account = restore_account(row.stream, row.account);
    account_sessions(row.stream, account)[row.outcome].add(row.count, created);
  }
}

ErrorTally& Ledger::account_errors(SeriesId series, AccountId account) {
  const std::uint64_t key = pair_key(account_series_[series], account);
  if (ErrorTally* const recent = recent_errors_.find(key)) return *recent;
  const auto [found, added] = account_errors_.try_emplace(key);
  recent_errors_.keep(key, found->second);
  if (added) fresh_errors_.emplace_back(key, &found->second);
  return found->second;
}

SessionTallies& Ledger::account_sessions(StreamId stream, AccountId account) {
  const std::uint64_t key = pair_key(stream, account);
  if (SessionTallies* const recent = recent_sessions_.find(key)) return *recent;
  const auto [found, added] = account_sessions_.try_emplace(key);
  recent_sessions_.keep(key, found->second);
  if (added) fresh_sessions_.emplace_back(key, &found->second);
  return found->second;
}

AccountId Ledger::restore_account(StreamId stream, const std::string& name) {
  return accounts_.restore(settings_->table.streams()[stream].provider, name);
}

void Ledger::prepare_allowed_accounts() {
  for (const ActiveStream& stream : settings_->streams) {
    const std::string& provider = settings_->table.streams()[stream.id].provider;
    const auto allowed = settings_->accounts_allow.find(provider);
    if (allowed == settings_->accounts_allow.end()) continue;
    for (const std::string& name : allowed->second) {
      const AccountId account = accounts_.admit(provider, name);
      account_sessions(stream.id, account);
      for (std::uint32_t i = 0; i < stream.space->entries.size(); ++i) {
        const Entry& entry = stream.space->entries[i];
        if (!entry.counts || entry.severity != Severity::critical) continue;
        account_errors((*stream.series)[i], account);
      }
    }
  }
}

void Ledger::admit(std::span<Posting> batch) {
  const std::lock_guard lock(mutex_);
  std::string_view last;  // neighbours often name the same account, which is then not looked up
  StreamId last_stream = 0;
  AccountId id = kOtherAccount;
  for (Posting& posting : batch) {
    if (posting.account.empty()) continue;
    // Nor is their text compared where it is kept once for all of them.
    const bool same = posting.stream == last_stream && posting.account.size() == last.size() &&
                      (posting.account.data() == last.data() || posting.account == last);
    if (!same) {
      last = posting.account;
      last_stream = posting.stream;
      id = accounts_.admit(settings_->table.streams()[last_stream].provider, last);
    }
    posting.account_id = id;
    if (id == kOtherAccount) posting.account = kOtherAccountName;
  }
}

AccountId Ledger::admit(StreamId stream, std::string_view account) {
  const std::lock_guard lock(mutex_);
  return accounts_.admit(settings_->table.streams()[stream].provider, account);
}

void Ledger::post(std::span<const Posting> batch) {
  const std::lock_guard lock(mutex_);
  WallTime last;  // those of one body share it
  UnixMicros now{0};
  for (const Posting& posting : batch) {
    if (posting.duplicate) continue;
    if (posting.received != last) now = to_micros(last = posting.received);
    if (posting.error) errors_[*posting.error].add(posting.count, now, now);
    if (posting.session) sessions_[posting.stream][*posting.session].add(posting.count, now);
    if (!posting.account.empty()) post_account(posting, now);
  }
}

void Ledger::post_account(const Posting& posting, UnixMicros now) {
  const AccountId account = posting.account_id;
  if (account == kOtherAccount) accounts_folded_ += posting.count;
  if (posting.error) account_errors(*posting.error, account).add(posting.count, now, now);
  if (posting.session) account_sessions(posting.stream, account)[*posting.session].add(posting.count, now);
}

LedgerNumbers Ledger::numbers() const {
  const auto value = [](const ErrorTally& tally) {
    return LedgerNumbers::Cell{static_cast<double>(tally.count()), unix_seconds(tally.last_seen())};
  };
  const auto values = [&](const SessionTallies& sessions) {
    LedgerNumbers::Sessions out;
    std::transform(sessions.begin(), sessions.end(), out.begin(),
                   [](const Tally& tally) { return static_cast<double>(tally.count()); });
    return out;
  };
  LedgerNumbers numbers;
  const std::lock_guard lock(mutex_);
  numbers.settings = settings_;
  for (const ErrorTally& tally : errors_) numbers.errors.push_back(value(tally));
  for (const SessionTallies& sessions : sessions_) numbers.sessions.push_back(values(sessions));
  numbers.accounts = accounts_.names();
  for (const auto& [key, tally] : account_errors_) numbers.account_errors.emplace_back(key, value(tally));
  for (const auto& [key, sessions] : account_sessions_) {
    numbers.account_sessions.emplace_back(key, values(sessions));
  }
  return numbers;
}

std::string Ledger::counted_as(std::string_view provider, std::string_view account) const {
  const std::lock_guard lock(mutex_);
  return std::string(accounts_.admits(provider, account) ? account : kOtherAccountName);
}

std::size_t Ledger::accounts() const {
  const std::lock_guard lock(mutex_);
  return accounts_.size();
}

std::string Ledger::account_name(AccountId account) const {
  const std::lock_guard lock(mutex_);
  return accounts_.name(account);
}

std::uint64_t Ledger::accounts_folded() const {
  const std::lock_guard lock(mutex_);
  return accounts_folded_;
}

}  // namespace telephony
