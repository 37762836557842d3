#include "record/ledger_layout.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace telephony {
namespace {

constexpr std::size_t kAccountBytes = 16;  // of the label's name, quotes and escapes

std::uint32_t number_of(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32); }
AccountId account_of(std::uint64_t key) { return static_cast<AccountId>(key); }

/// By AccountId, which place its name has among all. Accounts of two providers may have one name.
std::vector<std::uint32_t> order_of(const std::vector<std::string>& names) {
  std::vector<AccountId> sorted(names.size());
  std::iota(sorted.begin(), sorted.end(), 0U);
  std::sort(sorted.begin(), sorted.end(), [&](AccountId a, AccountId b) { return names[a] < names[b]; });
  std::vector<std::uint32_t> order(names.size());
  for (std::uint32_t i = 1; i < sorted.size(); ++i) {
    const bool same = names[sorted[i]] == names[sorted[i - 1]];
    order[sorted[i]] = order[sorted[i - 1]] + (same ? 0 : 1);
  }
  return order;
}

/// Takes rows into a layout.
class Filler {
 public:
  explicit Filler(LedgerLayout& layout) : layout_(layout), order_(order_of(layout.accounts)) {}

  template <typename Cell>
  void add(Rows<Cell>& rows, const LabelSets& sets, Row<Cell> row) {
    row.place = sets.places[row.place];
    if (row.place == kNoPlace) return;
    rows.bytes += sets.rendered[row.place].size() + kNumberBytes;
    if (row.account != kNobody) rows.bytes += layout_.accounts[row.account].size() + kAccountBytes;
    rows.rows.push_back(row);
  }

  /// What stood there is in order, and stays so when new accounts come between.
  template <typename Cell>
  void sort(Rows<Cell>& rows, std::size_t old) const {
    const auto before = [this](const Row<Cell>& a, const Row<Cell>& b) {
      return std::pair(rank(a.account), a.place) < std::pair(rank(b.account), b.place);
    };
    const auto fresh = rows.rows.begin() + static_cast<std::ptrdiff_t>(old);
    std::sort(fresh, rows.rows.end(), before);
    std::inplace_merge(rows.rows.begin(), fresh, rows.rows.end(), before);
  }

 private:
  std::uint32_t rank(AccountId account) const { return account == kNobody ? 0 : order_[account]; }

  LedgerLayout& layout_;
  const std::vector<std::uint32_t> order_;
};

}  // namespace

void LedgerLayout::add_static(const std::vector<const ErrorTally*>& all_errors,
                              const std::vector<const SessionTallies*>& all_sessions) {
  Filler filler(*this);
  for (const SeriesId id : names->series) {
    filler.add<ErrorTally>(errors, names->errors, {id, kNobody, all_errors[id]});
    filler.add<ErrorTally>(last_errors, names->codes, {id, kNobody, all_errors[id]});
  }
  for (const StreamId id : names->streams) {
    for (std::uint32_t i = 0; i < kOutcomes; ++i) {
      const auto number = static_cast<std::uint32_t>(id * kOutcomes + i);
      filler.add<Tally>(sessions, names->outcomes, {number, kNobody, &(*all_sessions[id])[i]});
    }
  }
  filler.sort(errors, 0);
  filler.sort(last_errors, 0);
  filler.sort(sessions, 0);
}

void LedgerLayout::add_accounts(const AccountCells<ErrorTally>& fresh_errors,
                                const AccountCells<SessionTallies>& fresh_sessions) {
  Filler filler(*this);
  const std::size_t errors_before = account_errors.rows.size(), last_before = account_last_errors.rows.size(),
                    sessions_before = account_sessions.rows.size();
  for (const auto& [key, cell] : fresh_errors) {
    const Row<ErrorTally> row{number_of(key), account_of(key), cell};
    filler.add(account_errors, names->account_errors, row);
    filler.add(account_last_errors, names->codes, row);
  }
  for (const auto& [key, tallies] : fresh_sessions) {
    for (std::uint32_t i = 0; i < kOutcomes; ++i) {
      const auto number = static_cast<std::uint32_t>(number_of(key) * kOutcomes + i);
      filler.add<Tally>(account_sessions, names->outcomes, {number, account_of(key), &(*tallies)[i]});
    }
  }
  filler.sort(account_errors, errors_before);
  filler.sort(account_last_errors, last_before);
  filler.sort(account_sessions, sessions_before);
}

}  // namespace telephony
