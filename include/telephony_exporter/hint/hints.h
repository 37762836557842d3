// What callers are to be told now: every hint's state, raised by refusals and lowered by sessions that went
// well. The clock is the caller's.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/hint/hint.h"

namespace telephony {

/// The wait of one code of one account while it is longer than the catalog's.
struct RaisedHint {
  SeriesId series = 0;
  std::string account;  ///< empty: of events that name none
  Seconds after{0};
  WallTime not_before;  ///< when it ends for whoever began to wait when it was changed last
};

struct HintNumbers {
  std::shared_ptr<const Settings> settings;
  std::vector<RaisedHint> raised;
};

/// Thread-safe, but that `post`, `unkept`, `kept` and `forget` come from one thread at a time. States are by
/// series and account, so their number is bounded by the catalogs and the budget of accounts.
class Hints {
 public:
  using TrunkOf = std::function<TrunkView(StreamId stream, std::string_view account)>;
  using AnyTrunk = std::function<bool()>;

  /// `trunk_of` is asked about codes of category capacity; without one, nothing is known of trunks. A page
  /// asks it about no account while there is not `any_trunk`.
  explicit Hints(
      std::shared_ptr<const Settings> settings, TrunkOf trunk_of = {},
      AnyTrunk any_trunk = [] { return true; });

  /// Advises by these settings from now on; the states stay.
  void adopt(std::shared_ptr<const Settings> settings);
  /// Takes up what a journal kept. The settings' table of series must begin with that of the history.
  void restore(std::span<const KeptHint> hints);

  /// Takes what was committed. An error whose retry may help is a failure of its account, and a session that
  /// completed without one is a success for all hints of its stream and account.
  void post(std::span<const Posting> batch);

  /// For a caller of this account, which may be empty; without one, of the account that has to wait longest.
  Hint hint(SeriesId series, std::optional<std::string_view> account, WallTime now) const;
  HintNumbers numbers(WallTime now) const;

  /// What changed since it was kept, at most so many, those that have waited longest first.
  std::vector<KeptHint> unkept(std::size_t most) const;
  /// The first `count` of them are kept.
  void kept(std::size_t count);
  /// A step of forgetting what limits::kHintForgottenAfter has passed over.
  void forget(WallTime now);

 private:
  /// What the settings say of a series.
  struct Advice {
    Retry retry;
    bool capacity = false;
    bool allowed = false;  ///< a retry may help
  };
  struct Record {
    HintState state;
    bool unkept = false;
    bool raised = false;  ///< it stands in `raised_`
    bool longer = false;  ///< it stands in `longer_`
  };
  using Accounts = std::map<std::string, Record, std::less<>>;  ///< one at rest is unkept
  using Account = Accounts::value_type;
  struct ByName {
    bool operator()(const Account* a, const Account* b) const { return a->first < b->first; }
  };
  struct Recent {
    SeriesId series = 0;
    Account* account = nullptr;
  };
  using Key = std::pair<SeriesId, std::string>;
  using Numbers = std::vector<RaisedHint>;

  void fail(const Posting& posting, const Advice& advice);
  void succeed(const Posting& posting);
  void set(SeriesId series, Account& account, const HintState& state);
  void note_raised(SeriesId series, const std::string& account, bool raised);
  void note_longer(SeriesId series, Account& account);
  const Record* find(SeriesId series, std::string_view account) const;
  Account* recent(SeriesId series, const Posting& posting);
  const Advice& advice(SeriesId series) const;
  StreamId stream_of(SeriesId series) const { return settings_->table.errors()[series].stream; }
  TrunkView trunk_view(SeriesId series, std::string_view account) const;
  Hint now_of(SeriesId series, std::string_view account, const HintState& state, WallTime now) const;
  void add_raised(SeriesId series, const Account& account, WallTime now, Numbers& raised) const;

  const TrunkOf trunk_of_;
  const AnyTrunk any_trunk_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
  std::vector<Advice> advice_;  ///< by SeriesId, of the listed codes that the settings' sources can send
  std::map<SeriesId, Accounts> states_;
  std::array<Recent, 256> recent_{};  ///< which were asked for lately
  /// What is not at rest; an account has few of it.
  std::map<StreamId, std::map<std::string, std::vector<SeriesId>, std::less<>>> raised_;
  /// What may wait longer than at rest, unless its trunk says otherwise: the others, of which there may be
  /// one for each account and code, need not be looked at for a page.
  std::map<SeriesId, std::set<const Account*, ByName>> longer_;
  std::deque<Key> unkept_;
  std::optional<Key> looked_at_;  ///< by `forget`, last
};

}  // namespace telephony
