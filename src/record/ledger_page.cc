// The domain metrics' names stand in this file only.
#include <map>

#include "record/family.h"
#include "telephony_exporter/hint/hint.h"
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

struct Page {
  MetricFamily errors = metric_family("telephony_errors_total", MetricType::Counter,
                                      "Errors by the provider's code, as its catalog describes it.");
  MetricFamily sessions = metric_family("telephony_sessions_total", MetricType::Counter,
                                        "Finished sessions, calls and messages by how they ended.");
  MetricFamily account_errors = metric_family("telephony_account_errors_total", MetricType::Counter,
                                              "Errors of events that name an account.");
  MetricFamily account_sessions = metric_family("telephony_account_sessions_total", MetricType::Counter,
                                                "Finished sessions of events that name an account.");
  MetricFamily info = metric_family("telephony_error_info", MetricType::Gauge,
                                    "What a code means and what to do about it; always 1.");
  MetricFamily retry_allowed = metric_family("telephony_retry_allowed", MetricType::Gauge,
                                             "1 if trying again can help without a change, 0 if it cannot.");
  MetricFamily retry_after = metric_family("telephony_retry_after_seconds", MetricType::Gauge,
                                           "How long a caller who gets this code now should wait.");
  MetricFamily last_error = metric_family("telephony_last_error_timestamp_seconds", MetricType::Gauge,
                                          "When an error was last received, as a Unix time; 0 until then.");
  MetricFamily account_last_error =
      metric_family("telephony_account_last_error_timestamp_seconds", MetricType::Gauge,
                    "When an account's error was last received, as a Unix time; 0 until then.");

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
    const Hint hint = rest_hint(e.retry);
    add_sample(retry_allowed, line.code_labels(), hint.allowed ? 1 : 0);
    if (hint.allowed) add_sample(retry_after, line.code_labels(), static_cast<double>(hint.after.count()));
  }

  std::vector<MetricFamily> families() && {
    return {std::move(errors),           std::move(sessions),   std::move(account_errors),
            std::move(account_sessions), std::move(info),       std::move(retry_allowed),
            std::move(retry_after),      std::move(last_error), std::move(account_last_error)};
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

void add_sessions(MetricFamily& family, const Labels& labels,
                  const std::array<prometheus::Counter, kOutcomes>& all) {
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    add_sample(family, with(labels, {{"outcome", text(name(static_cast<Outcome>(i)))}}), all[i].Value());
  }
}

}  // namespace

std::vector<prometheus::MetricFamily> Ledger::Collect() const {
  const std::lock_guard lock(mutex_);
  Page page;
  Merged last_error, account_errors, account_last_error;
  std::unordered_map<SeriesId, Line> lines;
  std::unordered_map<StreamId, Labels> streams;
  for (const ActiveStream& active : settings_->streams) {
    const Stream& stream = settings_->table.streams()[active.id];
    streams[active.id] = {{"provider", stream.provider}, {"product", stream.product}};
    add_sessions(page.sessions, streams[active.id], sessions_[active.id]);
    for (std::uint32_t i = 0; i < active.space->entries.size(); ++i) {
      const Line line{&stream, &active.space->entries[i], active.space->is_unlisted(i)};
      if (!line.entry->counts) continue;
      const SeriesId id = (*active.series)[i];
      lines.emplace(id, line);
      page.entry(line, errors_[id].count.Value());
      last_error.latest(line.code_labels(), errors_[id].last_seen);
    }
  }
  for (const auto& [key, cell] : account_errors_) {
    const auto line = lines.find(static_cast<SeriesId>(key >> 32));
    if (line == lines.end()) continue;
    const std::string& account = accounts_.name(static_cast<AccountId>(key));
    const Entry& e = *line->second.entry;
    const Labels labels = with(line->second.code_labels(), {{"account", account}});
    account_last_error.latest(labels, cell.last_seen);
    account_errors.add_up(
        with(labels, {{"category", text(name(e.category))}, {"severity", text(name(e.severity))}}),
        cell.count.Value());
  }
  for (const auto& [key, sessions] : account_sessions_) {
    const auto stream = streams.find(static_cast<StreamId>(key >> 32));
    if (stream == streams.end()) continue;
    const std::string& account = accounts_.name(static_cast<AccountId>(key));
    add_sessions(page.account_sessions, with(stream->second, {{"account", account}}), sessions);
  }
  last_error.move_to(page.last_error);
  account_errors.move_to(page.account_errors);
  account_last_error.move_to(page.account_last_error);
  return std::move(page).families();
}

}  // namespace telephony
