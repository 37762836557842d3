// The domain counters: what is posted is counted by number, and named by the catalog when it is read.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/counter.h>

#include <array>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/posting.h"
#include "telephony_exporter/journal/history.h"
#include "telephony_exporter/record/accounts.h"

namespace telephony {

/// The ledger at one moment.
struct LedgerNumbers {
  struct Cell {
    double count = 0;
    double last_seen = 0;  ///< Unix seconds; 0 until seen
    double created = 0;    ///< Unix seconds; since when it has counted
  };
  using Sessions = std::array<Cell, kOutcomes>;

  std::shared_ptr<const Settings> settings;
  std::vector<Cell> errors;           ///< by SeriesId
  std::vector<Sessions> sessions;     ///< by StreamId
  std::vector<std::string> accounts;  ///< by AccountId
  std::vector<std::pair<std::uint64_t, Cell>> account_errors;
  std::vector<std::pair<std::uint64_t, Sessions>> account_sessions;
};

/// Thread-safe. A reload changes how counters are named, never their values.
class Ledger : public prometheus::Collectable {
 public:
  explicit Ledger(std::shared_ptr<const Settings> settings);

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
  std::vector<std::string> account_names() const;  ///< by AccountId
  std::uint64_t accounts_folded() const;

  /// A copy, so that naming and writing them holds up no posting.
  LedgerNumbers numbers() const;
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  struct Cell {
    prometheus::Counter count;
    WallTime last_seen;  ///< the epoch until seen
    WallTime created;    ///< the epoch for an account's until seen

    void add(double events, WallTime first, WallTime last);
  };
  using Sessions = std::array<Cell, kOutcomes>;

  void prepare_allowed_accounts();
  void post_account(const Posting& posting);
  AccountId restore_account(StreamId stream, const std::string& name);

  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
  std::deque<Cell> errors_;        ///< by SeriesId
  std::deque<Sessions> sessions_;  ///< by StreamId
  Accounts accounts_;
  std::uint64_t accounts_folded_ = 0;
  std::unordered_map<std::uint64_t, Cell> account_errors_;        ///< by SeriesId, AccountId
  std::unordered_map<std::uint64_t, Sessions> account_sessions_;  ///< by StreamId, AccountId
};

}  // namespace telephony
