// The fast way onto the page: what is rendered already is copied, and only digits are made.
#include <utility>

#include "record/ledger_families.h"
#include "record/ledger_layout.h"

namespace telephony {
namespace {

using ledger_families::kAccountErrors, ledger_families::kAccountLastError, ledger_families::kAccountSessions,
    ledger_families::kErrors, ledger_families::kInfo, ledger_families::kLastError, ledger_families::kSessions;

using Names = std::vector<std::string>;
using Layout = std::shared_ptr<const LedgerLayout>;

/// Where the samples of an account begin: `name{account="a",`. Rows of one account follow each other.
class Beginning {
 public:
  Beginning(std::string name, const Names& accounts) : accounts_(accounts), text_(std::move(name) + '{') {
    name_bytes_ = text_.size();
  }

  std::string_view of(AccountId account) {
    if (account != last_) {
      last_ = account;
      text_.resize(name_bytes_);
      text_ += "account=\"";
      append_escaped(text_, accounts_[account], true);
      text_ += "\",";
    }
    return text_;
  }

 private:
  const Names& accounts_;
  std::string text_;
  std::size_t name_bytes_ = 0;
  AccountId last_ = kNobody;
};

std::string created_name(std::string_view total) {
  static constexpr std::string_view kTotal = "_total";
  return std::string(total.substr(0, total.size() - kTotal.size())) + "_created";
}

struct NoExemplar {
  std::string operator()(std::uint32_t) const { return {}; }
};

/// Shows which session was counted last.
class ExemplarOf {
 public:
  ExemplarOf(const Exemplars* exemplars, const std::vector<SeriesId>& series)
      : exemplars_(exemplars), series_(series) {}

  std::string operator()(std::uint32_t place) const {
    const auto found = exemplars_ == nullptr ? std::nullopt : exemplars_->find(series_[place]);
    return found ? rendered_exemplar(*found) : std::string();
  }

 private:
  const Exemplars* exemplars_;
  const std::vector<SeriesId>& series_;
};

/// OpenMetrics wants all samples of one series together.
template <typename Cell, typename Behind>
void write_counters(Page& page, const FamilyHead& head, const Rows<Cell>& rows, const LabelSets& sets,
                    const Names& accounts, const Behind& behind) {
  page.begin(head);
  Beginning total(std::string(head.name), accounts), created(created_name(head.name), accounts);
  for (const Row<Cell>& row : rows.rows) {
    const std::string& labels = sets.rendered[row.place];
    const std::uint64_t count = row.cell->count();
    if (!page.openmetrics()) {
      page.sample(total.of(row.account), labels, count);
      continue;
    }
    page.sample(total.of(row.account), labels, count, count > 0 ? behind(row.place) : std::string());
    const UnixMicros since = row.cell->created();
    if (since != UnixMicros{0}) page.sample(created.of(row.account), labels, since);
  }
}

/// Rows that share their labels follow each other, and are shown as the latest of them.
void write_latest(Page& page, const FamilyHead& head, const Rows<ErrorTally>& rows, const LabelSets& sets,
                  const Names& accounts) {
  page.begin(head);
  Beginning begin(std::string(head.name), accounts);
  for (auto row = rows.rows.begin(); row != rows.rows.end();) {
    const auto first = row;
    UnixMicros latest{0};
    for (; row != rows.rows.end() && row->place == first->place && row->account == first->account; ++row)
      latest = std::max(latest, row->cell->last_seen());
    page.sample(begin.of(first->account), sets.rendered[first->place], latest);
  }
}

template <typename Cell>
std::size_t bytes_of(const FamilyHead& head, const Rows<Cell>& rows) {
  return rows.bytes + rows.rows.size() * (head.name.size() + 1);
}

template <typename Cell>
AccountCells<Cell> all_cells(const std::unordered_map<std::uint64_t, Cell>& cells) {
  AccountCells<Cell> out;
  for (const auto& [key, cell] : cells) out.emplace_back(key, &cell);
  return out;
}

/// The families that have rows.
class Families {
 public:
  Families(Layout layout, PageFormat format) : layout_(std::move(layout)), format_(format) {}

  template <typename Cell, typename Behind>
  void counters(const FamilyHead& head, const Rows<Cell>& rows, const LabelSets& sets, Behind behind) {
    const std::size_t lines = format_ == PageFormat::openmetrics ? 2 : 1;
    add(head, rows, lines, [&head, &rows, &sets, behind, layout = layout_](Page& page) {
      write_counters(page, head, rows, sets, layout->accounts, behind);
    });
  }
  void latest(const FamilyHead& head, const Rows<ErrorTally>& rows, const LabelSets& sets) {
    add(head, rows, 1, [&head, &rows, &sets, layout = layout_](Page& page) {
      write_latest(page, head, rows, sets, layout->accounts);
    });
  }
  void info() {
    const std::string& lines = layout_->names->info;
    if (lines.empty()) return;
    families_.push_back({kInfo.name, lines.size(), [&lines, layout = layout_](Page& page) {
                           page.begin(kInfo);
                           page.put(lines);
                         }});
  }

  std::vector<RenderedFamily> take() && { return std::move(families_); }

 private:
  template <typename Cell>
  void add(const FamilyHead& head, const Rows<Cell>& rows, std::size_t lines,
           std::function<void(Page&)> write) {
    if (rows.rows.empty()) return;
    families_.push_back({head.name, bytes_of(head, rows) * lines, std::move(write)});
  }

  const Layout layout_;
  const PageFormat format_;
  std::vector<RenderedFamily> families_;
};

}  // namespace

std::vector<RenderedFamily> Ledger::rendered(PageFormat format) const {
  const Layout shown = layout();
  const LedgerNames& names = *shown->names;
  Families families(shown, format);
  families.counters(kErrors, shown->errors, names.errors, ExemplarOf(exemplars_, names.series));
  families.counters(kSessions, shown->sessions, names.outcomes, NoExemplar());
  families.counters(kAccountErrors, shown->account_errors, names.account_errors, NoExemplar());
  families.counters(kAccountSessions, shown->account_sessions, names.outcomes, NoExemplar());
  families.latest(kLastError, shown->last_errors, names.codes);
  families.latest(kAccountLastError, shown->account_last_errors, names.codes);
  families.info();
  return std::move(families).take();
}

/// Made anew under new settings; otherwise the rows of what accounts have sent first are added to a copy, so
/// that pages which are being written keep theirs.
Ledger::Layout Ledger::layout() const {
  const std::lock_guard one_at_a_time(layout_mutex_);
  std::unique_lock lock(mutex_);
  const bool renamed = layout_ == nullptr || layout_->settings.lock() != settings_;
  if (!renamed && fresh_errors_.empty() && fresh_sessions_.empty()) return layout_;
  auto next = renamed ? std::make_shared<LedgerLayout>() : std::make_shared<LedgerLayout>(*layout_);
  const auto settings = settings_;
  std::vector<const ErrorTally*> errors;
  std::vector<const SessionTallies*> sessions;
  if (renamed) {
    next->settings = settings;
    std::transform(errors_.begin(), errors_.end(), std::back_inserter(errors),
                   [](auto& cell) { return &cell; });
    std::transform(sessions_.begin(), sessions_.end(), std::back_inserter(sessions),
                   [](auto& cell) { return &cell; });
    fresh_errors_ = all_cells(account_errors_);
    fresh_sessions_ = all_cells(account_sessions_);
  }
  const auto known = static_cast<std::ptrdiff_t>(next->accounts.size());
  next->accounts.insert(next->accounts.end(), accounts_.names().begin() + known, accounts_.names().end());
  const auto fresh_errors = std::exchange(fresh_errors_, {});
  const auto fresh_sessions = std::exchange(fresh_sessions_, {});
  lock.unlock();
  if (renamed) {
    next->names = std::make_shared<LedgerNames>(name_series(*settings));
    next->add_static(errors, sessions);
  }
  next->add_accounts(fresh_errors, fresh_sessions);
  return layout_ = std::move(next);
}

}  // namespace telephony
