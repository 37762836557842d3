// The slow way onto the page, label by label: for whoever collects, and for tests of the fast one.
#include <map>

#include "record/family.h"
#include "record/ledger_families.h"
#include "telephony_exporter/record/ledger.h"

namespace telephony {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

Labels with(Labels labels, std::initializer_list<ClientMetric::Label> more) {
  labels.insert(labels.end(), more);
  return labels;
}

std::string text(std::string_view name) { return std::string(name); }

/// An entry as one stream may send it.
struct Line {
  const Stream* stream;
  const Entry* entry;
  bool unlisted;

  Labels stream_labels() const { return {{"provider", stream->provider}, {"product", stream->product}}; }
  Labels code_labels() const {
    return with(stream_labels(), {{"code", entry->code}, {"reason", entry->reason}});
  }
};

struct Families {
  MetricFamily errors = family_of(ledger_families::kErrors);
  MetricFamily sessions = family_of(ledger_families::kSessions);
  MetricFamily account_errors = family_of(ledger_families::kAccountErrors);
  MetricFamily account_sessions = family_of(ledger_families::kAccountSessions);
  MetricFamily info = family_of(ledger_families::kInfo);
  MetricFamily last_error = family_of(ledger_families::kLastError);
  MetricFamily account_last_error = family_of(ledger_families::kAccountLastError);

  void entry(const Line& line, double count) {
    const Entry& e = *line.entry;
    add_sample(errors,
               with(line.code_labels(), {{"family", e.family},
                                         {"category", text(name(e.category))},
                                         {"severity", text(name(e.severity))}}),
               count);
    // The families' unlisted entries share their code and reason, so these say nothing of one of them.
    if (line.unlisted) return;
    add_sample(info,
               with(line.code_labels(), {{"family", e.family},
                                         {"category", text(name(e.category))},
                                         {"severity", text(name(e.severity))},
                                         {"retry", text(name(e.retry.kind))},
                                         {"message", e.message},
                                         {"remedy", e.remedy}}),
               1);
  }

  std::vector<MetricFamily> families() && {
    return {
        std::move(errors), std::move(sessions),   std::move(account_errors),    std::move(account_sessions),
        std::move(info),   std::move(last_error), std::move(account_last_error)};
  }
};

/// One value per label set, for what several families' unlisted entries share: the sum or the latest.
class Merged {
 public:
  void add_up(const Labels& labels, double value) { cell(labels) += value; }
  void latest(const Labels& labels, double value) {
    double& known = cell(labels);
    known = std::max(known, value);
  }
  void move_to(MetricFamily& family) {
    for (const auto& [key, labelled] : cells_) add_sample(family, labelled.first, labelled.second);
  }

 private:
  double& cell(const Labels& labels) {
    std::string key;
    for (const auto& label : labels) key += label.value + '\n';
    return cells_.try_emplace(key, labels, 0.0).first->second.second;
  }
  std::map<std::string, std::pair<Labels, double>> cells_;
};

void add_sessions(MetricFamily& family, const Labels& labels, const LedgerNumbers::Sessions& all) {
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    add_sample(family, with(labels, {{"outcome", text(name(static_cast<Outcome>(i)))}}), all[i]);
  }
}

/// Names the numbers by the settings that were in force when they were taken.
class Namer {
 public:
  explicit Namer(const LedgerNumbers& numbers) : numbers_(numbers), table_(numbers.settings->table) {}

  std::vector<MetricFamily> page() && {
    for (const ActiveStream& active : numbers_.settings->streams) add_stream(active);
    for (const auto& [key, cell] : numbers_.account_errors) {
      add_account_error(static_cast<SeriesId>(key >> 32), static_cast<AccountId>(key), cell);
    }
    for (const auto& [key, sessions] : numbers_.account_sessions) {
      const auto stream = active_.find(static_cast<StreamId>(key >> 32));
      if (stream == active_.end()) continue;
      const std::string& account = numbers_.accounts[static_cast<AccountId>(key)];
      const Line line{stream->second, nullptr, false};
      add_sessions(page_.account_sessions, with(line.stream_labels(), {{"account", account}}), sessions);
    }
    last_error_.move_to(page_.last_error);
    account_errors_.move_to(page_.account_errors);
    account_last_error_.move_to(page_.account_last_error);
    return std::move(page_).families();
  }

 private:
  void add_stream(const ActiveStream& active) {
    const Stream& stream = table_.streams()[active.id];
    active_.emplace(active.id, &stream);
    add_sessions(page_.sessions, Line{&stream, nullptr, false}.stream_labels(), numbers_.sessions[active.id]);
    for (std::uint32_t i = 0; i < active.space->entries.size(); ++i) {
      const Line line{&stream, &active.space->entries[i], active.space->is_unlisted(i)};
      if (!line.entry->counts) continue;
      const SeriesId id = (*active.series)[i];
      lines_.emplace(id, line);
      page_.entry(line, numbers_.errors[id].count);
      last_error_.latest(line.code_labels(), numbers_.errors[id].last_seen);
    }
  }

  void add_account_error(SeriesId id, AccountId account, const LedgerNumbers::Cell& cell) {
    const ErrorSeries& series = table_.errors()[id];
    const auto stream = active_.find(series.stream);
    const auto listed = lines_.find(id);
    const bool unlisted = series.reason == kUnlisted;
    if (stream == active_.end() || (!unlisted && listed == lines_.end())) return;
    const Line line = unlisted ? Line{stream->second, &unlisted_of_accounts(), true} : listed->second;
    const Entry& e = *line.entry;
    const Labels labels = with(line.code_labels(), {{"account", numbers_.accounts[account]}});
    account_last_error_.latest(labels, cell.last_seen);
    account_errors_.add_up(
        with(labels, {{"category", text(name(e.category))}, {"severity", text(name(e.severity))}}),
        cell.count);
  }

  const LedgerNumbers& numbers_;
  const SeriesTable& table_;
  Families page_;
  Merged last_error_, account_errors_, account_last_error_;
  std::unordered_map<SeriesId, Line> lines_;
  std::unordered_map<StreamId, const Stream*> active_;
};

}  // namespace

std::vector<prometheus::MetricFamily> Ledger::Collect() const {
  const LedgerNumbers taken = numbers();
  return Namer(taken).page();
}

}  // namespace telephony
