// What a page of the ledger is made of: labels that are rendered once, in the order of the page, and rows
// that say which labels and which number belong together.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "telephony_exporter/record/ledger.h"

namespace telephony {

inline constexpr AccountId kNobody = UINT32_MAX;
inline constexpr std::uint32_t kNoPlace = UINT32_MAX;

/// The label sets of one family, but for the account, in the order of the page.
struct LabelSets {
  std::vector<std::string> rendered;  ///< `code="1",provider="p"} `
  std::vector<std::uint32_t> places;  ///< by the number of the series: where its labels stand, or kNoPlace
};

/// How one configuration names the series. Shared by all accounts, so an account's series costs no labels.
struct LedgerNames {
  LabelSets errors;               ///< by SeriesId
  LabelSets codes;                ///< by SeriesId; unlisted codes of one stream share theirs
  LabelSets account_errors;       ///< the same
  LabelSets outcomes;             ///< by StreamId * kOutcomes + Outcome
  std::vector<SeriesId> series;   ///< whose labels `errors` are, by place
  std::vector<StreamId> streams;  ///< that are active
  std::string info;               ///< all samples of telephony_error_info
};
LedgerNames name_series(const Settings& settings);

template <typename Cell>
struct Row {
  std::uint32_t place = 0;  ///< of its labels
  AccountId account = kNobody;
  const Cell* cell = nullptr;
};

/// In the order of the page.
template <typename Cell>
struct Rows {
  std::vector<Row<Cell>> rows;
  std::size_t bytes = 0;  ///< that their labels and numbers take
};

/// Never changed once a page may use it.
struct LedgerLayout {
  std::weak_ptr<const Settings> settings;  ///< to know them by; it would keep those of before a reload
  std::shared_ptr<const LedgerNames> names;
  std::vector<std::string> accounts;  ///< by AccountId
  Rows<ErrorTally> errors, last_errors, account_errors, account_last_errors;
  Rows<Tally> sessions, account_sessions;

  /// What the settings name, by SeriesId and StreamId. To be called once, with `names`.
  void add_static(const std::vector<const ErrorTally*>& all_errors,
                  const std::vector<const SessionTallies*>& all_sessions);
  /// What `accounts` have sent first.
  void add_accounts(const AccountCells<ErrorTally>& fresh_errors,
                    const AccountCells<SessionTallies>& fresh_sessions);
};

}  // namespace telephony
