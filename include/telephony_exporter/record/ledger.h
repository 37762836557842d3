// The domain counters: what is posted is counted by number, and named by the catalog when it is read.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <utility>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/posting.h"
#include "telephony_exporter/journal/history.h"
#include "telephony_exporter/record/accounts.h"
#include "telephony_exporter/record/exemplars.h"
#include "telephony_exporter/record/page.h"
#include "telephony_exporter/record/tally.h"

namespace telephony {

/// Cells of accounts, by their keys. They never move.
template <typename Cell>
using AccountCells = std::vector<std::pair<std::uint64_t, const Cell*>>;

/// Which cell a key had that was looked up lately. Cells never move, so most are found without a search.
template <typename Cell>
class RecentCells {
 public:
  Cell* find(std::uint64_t key) const {
    const auto& [known, cell] = recent_[place(key)];
    return known == key ? cell : nullptr;
  }
  void keep(std::uint64_t key, Cell& cell) { recent_[place(key)] = {key, &cell}; }

 private:
  static constexpr std::size_t kPlaces = 256;
  /// Of a pair of small numbers, one in each half.
  static std::size_t place(std::uint64_t key) { return (key + 17 * (key >> 32)) % kPlaces; }

  std::array<std::pair<std::uint64_t, Cell*>, kPlaces> recent_{};
};

struct LedgerLayout;

/// The ledger at one moment.
struct LedgerNumbers {
  struct Cell {
    double count = 0;
    double last_seen = 0;  ///< Unix seconds; 0 until seen
  };
  using Sessions = std::array<double, kOutcomes>;

  std::shared_ptr<const Settings> settings;
  std::vector<Cell> errors;           ///< by SeriesId
  std::vector<Sessions> sessions;     ///< by StreamId
  std::vector<std::string> accounts;  ///< by AccountId
  std::vector<std::pair<std::uint64_t, Cell>> account_errors;
  std::vector<std::pair<std::uint64_t, Sessions>> account_sessions;
};

/// Thread-safe. A reload changes how counters are named, never their values.
class Ledger : public Rendered {
 public:
  explicit Ledger(std::shared_ptr<const Settings> settings);
  ~Ledger() override;

  /// Shows these exemplars, which must outlive all pages, on those whose format has them.
  void show(const Exemplars& exemplars) { exemplars_ = &exemplars; }

  /// Names the counters by these settings from now on; those that they don't name are kept, unseen.
  void adopt(std::shared_ptr<const Settings> settings);

  /// Takes up what was counted before. The settings' table of series must begin with that of the history.
  void restore(const History& history);

  /// Decides under which account each posting counts: its own, or "other".
  void admit(std::span<Posting> batch);
  /// The same for an account of which nothing is posted; may be empty.
  AccountId admit(StreamId stream, std::string_view account);
  /// Counts every admitted posting that is no duplicate.
  void post(std::span<const Posting> batch);

  /// The account under which an event of this one would count: its own, or "other".
  std::string counted_as(std::string_view provider, std::string_view account) const;
  std::size_t accounts() const;
  std::string account_name(AccountId account) const;
  std::uint64_t accounts_folded() const;

  LedgerNumbers numbers() const;
  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<RenderedFamily> rendered(PageFormat format) const override;

 private:
  using Layout = std::shared_ptr<const LedgerLayout>;

  ErrorTally& account_errors(SeriesId series, AccountId account);
  SessionTallies& account_sessions(StreamId stream, AccountId account);
  void prepare_allowed_accounts();
  void post_account(const Posting& posting, UnixMicros now);
  AccountId restore_account(StreamId stream, const std::string& name);
  Layout layout() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
  const Exemplars* exemplars_ = nullptr;
  std::deque<ErrorTally> errors_;        ///< by SeriesId
  std::deque<SessionTallies> sessions_;  ///< by StreamId
  /// By SeriesId, as what an account's error counts: of the unlisted codes of one stream, the first.
  std::vector<SeriesId> account_series_;
  std::map<StreamId, SeriesId> unlisted_;  ///< the first of each stream
  Accounts accounts_;
  std::uint64_t accounts_folded_ = 0;
  std::unordered_map<std::uint64_t, ErrorTally> account_errors_;        ///< by SeriesId, AccountId
  std::unordered_map<std::uint64_t, SessionTallies> account_sessions_;  ///< by StreamId, AccountId

  RecentCells<ErrorTally> recent_errors_;
  RecentCells<SessionTallies> recent_sessions_;

  // What a page is made of. Cells are never moved or removed, so it points to them.
  mutable AccountCells<ErrorTally> fresh_errors_;  ///< not in the layout yet
  mutable AccountCells<SessionTallies> fresh_sessions_;
  mutable std::mutex layout_mutex_;  ///< taken before `mutex_`
  mutable Layout layout_;
};

}  // namespace telephony
