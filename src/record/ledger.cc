#include "telephony_exporter/record/ledger.h"

#include <algorithm>

namespace telephony {
namespace {

std::uint64_t pair_key(std::uint32_t series, AccountId account) {
  return std::uint64_t{series} << 32 | account;
}

double unix_seconds(WallTime time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

}  // namespace

void Ledger::Cell::add(double events, WallTime first, WallTime last) {
  if (created == WallTime()) created = first;
  last_seen = std::max(last_seen, last);
  count.Increment(events);
}

Ledger::Ledger(std::shared_ptr<const Settings> settings) { adopt(std::move(settings)); }

void Ledger::adopt(std::shared_ptr<const Settings> settings) {
  const std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
  const SeriesTable& table = settings_->table;
  for (auto id = static_cast<SeriesId>(errors_.size()); id < table.errors().size(); ++id) {
    errors_.emplace_back().created = table.error_created(id);
  }
  for (auto id = static_cast<StreamId>(sessions_.size()); id < table.streams().size(); ++id) {
    for (Cell& cell : sessions_.emplace_back()) cell.created = table.stream_created(id);
  }
  accounts_.limit(settings_->accounts_max, settings_->accounts_allow);
  prepare_allowed_accounts();
}

void Ledger::restore(const History& history) {
  const std::lock_guard lock(mutex_);
  for (const History::Errors& row : history.errors) {
    const auto count = static_cast<double>(row.count);
    errors_[row.series].add(count, row.created, row.last_seen);
    if (row.account.empty()) continue;
    const AccountId account = restore_account(history.table.errors()[row.series].stream, row.account);
    account_errors_[pair_key(row.series, account)].add(count, row.created, row.last_seen);
  }
  for (const History::Sessions& row : history.sessions) {
    const auto count = static_cast<double>(row.count);
    sessions_[row.stream][row.outcome].add(count, row.created, {});
    if (row.account.empty()) continue;
    const AccountId account = restore_account(row.stream, row.account);
    account_sessions_[pair_key(row.stream, account)][row.outcome].add(count, row.created, {});
  }
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
      account_sessions_.try_emplace(pair_key(stream.id, account));
      for (std::uint32_t i = 0; i < stream.space->entries.size(); ++i) {
        const Entry& entry = stream.space->entries[i];
        if (!entry.counts || entry.severity != Severity::critical) continue;
        account_errors_.try_emplace(pair_key((*stream.series)[i], account));
      }
    }
  }
}

void Ledger::admit(std::span<Posting> batch) {
  const std::lock_guard lock(mutex_);
  std::string_view last;  // neighbours often name the same account
  StreamId last_stream = 0;
  AccountId id = kOtherAccount;
  for (Posting& posting : batch) {
    if (posting.account.empty()) continue;
    if (posting.account != last || posting.stream != last_stream) {
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
  for (const Posting& posting : batch) {
    if (posting.duplicate) continue;
    const WallTime now = posting.received;
    if (posting.error) errors_[*posting.error].add(posting.count, now, now);
    if (posting.session) sessions_[posting.stream][*posting.session].add(posting.count, now, now);
    if (!posting.account.empty()) post_account(posting);
  }
}

void Ledger::post_account(const Posting& posting) {
  const WallTime now = posting.received;
  if (posting.account_id == kOtherAccount) accounts_folded_ += posting.count;
  if (posting.error)
    account_errors_[pair_key(*posting.error, posting.account_id)].add(posting.count, now, now);
  if (posting.session) {
    account_sessions_[pair_key(posting.stream, posting.account_id)][*posting.session].add(posting.count, now,
                                                                                          now);
  }
}

LedgerNumbers Ledger::numbers() const {
  const auto value = [](const Cell& cell) {
    return LedgerNumbers::Cell{cell.count.Value(), unix_seconds(cell.last_seen), unix_seconds(cell.created)};
  };
  const auto values = [&](const Sessions& sessions) {
    LedgerNumbers::Sessions out;
    std::transform(sessions.begin(), sessions.end(), out.begin(), value);
    return out;
  };
  LedgerNumbers numbers;
  const std::lock_guard lock(mutex_);
  numbers.settings = settings_;
  numbers.errors.reserve(errors_.size());
  for (const Cell& cell : errors_) numbers.errors.push_back(value(cell));
  for (const Sessions& sessions : sessions_) numbers.sessions.push_back(values(sessions));
  numbers.accounts = accounts_.names();
  numbers.account_errors.reserve(account_errors_.size());
  for (const auto& [key, cell] : account_errors_) numbers.account_errors.emplace_back(key, value(cell));
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

std::vector<std::string> Ledger::account_names() const {
  const std::lock_guard lock(mutex_);
  return accounts_.names();
}

std::uint64_t Ledger::accounts_folded() const {
  const std::lock_guard lock(mutex_);
  return accounts_folded_;
}

}  // namespace telephony
