#include "telephony_exporter/record/ledger.h"

namespace telephony {
namespace {

std::uint64_t pair_key(std::uint32_t series, AccountId account) {
  return std::uint64_t{series} << 32 | account;
}

double unix_seconds(WallTime time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

}  // namespace

Ledger::Ledger(std::shared_ptr<const Settings> settings) { adopt(std::move(settings)); }

void Ledger::adopt(std::shared_ptr<const Settings> settings) {
  const std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
  while (errors_.size() < settings_->table.errors().size()) errors_.emplace_back();
  while (sessions_.size() < settings_->table.streams().size()) sessions_.emplace_back();
  accounts_.limit(settings_->accounts_max, settings_->accounts_allow);
  prepare_allowed_accounts();
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

void Ledger::post(std::span<const Posting> batch) {
  const std::lock_guard lock(mutex_);
  for (const Posting& posting : batch) {
    if (posting.duplicate) continue;
    if (posting.error) {
      Cell& cell = errors_[*posting.error];
      cell.count.Increment();
      cell.last_seen = unix_seconds(posting.received);
    }
    if (posting.session) sessions_[posting.stream][*posting.session].Increment();
    if (!posting.account.empty()) post_account(posting);
  }
}

void Ledger::post_account(const Posting& posting) {
  const std::string& provider = settings_->table.streams()[posting.stream].provider;
  const AccountId account = accounts_.admit(provider, posting.account);
  if (posting.error) {
    Cell& cell = account_errors_[pair_key(*posting.error, account)];
    cell.count.Increment();
    cell.last_seen = unix_seconds(posting.received);
  }
  if (posting.session) account_sessions_[pair_key(posting.stream, account)][*posting.session].Increment();
}

LedgerNumbers Ledger::numbers() const {
  const auto values = [](const Sessions& sessions) {
    LedgerNumbers::Sessions out;
    for (std::size_t i = 0; i < kOutcomes; ++i) out[i] = sessions[i].Value();
    return out;
  };
  LedgerNumbers numbers;
  const std::lock_guard lock(mutex_);
  numbers.settings = settings_;
  numbers.errors.reserve(errors_.size());
  for (const Cell& cell : errors_) numbers.errors.push_back({cell.count.Value(), cell.last_seen});
  for (const Sessions& sessions : sessions_) numbers.sessions.push_back(values(sessions));
  numbers.accounts = accounts_.names();
  numbers.account_errors.reserve(account_errors_.size());
  for (const auto& [key, cell] : account_errors_) {
    numbers.account_errors.push_back({key, {cell.count.Value(), cell.last_seen}});
  }
  for (const auto& [key, sessions] : account_sessions_) {
    numbers.account_sessions.emplace_back(key, values(sessions));
  }
  return numbers;
}

std::size_t Ledger::accounts() const {
  const std::lock_guard lock(mutex_);
  return accounts_.size();
}

std::uint64_t Ledger::accounts_folded() const {
  const std::lock_guard lock(mutex_);
  return accounts_.folded();
}

}  // namespace telephony
