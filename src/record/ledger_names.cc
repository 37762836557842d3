#include <map>

#include "record/ledger_families.h"
#include "record/ledger_layout.h"

namespace telephony {
namespace {

using Labels = std::vector<prometheus::ClientMetric::Label>;

/// Sorts label sets, and joins what has the same.
class Collected {
 public:
  void add(Labels labels, std::uint32_t number) {
    std::sort(labels.begin(), labels.end());
    sets_[std::move(labels)].push_back(number);
  }

  LabelSets sorted(std::size_t numbers) const {
    LabelSets out;
    out.places.resize(numbers, kNoPlace);
    for (const auto& [labels, owners] : sets_) {
      for (const std::uint32_t owner : owners)
        out.places[owner] = static_cast<std::uint32_t>(out.rendered.size());
      out.rendered.push_back(rendered_labels(labels) + "} ");
    }
    return out;
  }

 private:
  std::map<Labels, std::vector<std::uint32_t>> sets_;
};

Labels with(Labels labels, std::initializer_list<prometheus::ClientMetric::Label> more) {
  labels.insert(labels.end(), more);
  return labels;
}

std::string text(std::string_view name) { return std::string(name); }

class Namer {
 public:
  explicit Namer(const Settings& settings) : table_(settings.table) {
    for (const ActiveStream& stream : settings.streams) add(stream);
    for (SeriesId id = 0; id < table_.errors().size(); ++id) {
      if (table_.errors()[id].reason == kUnlisted) add_unlisted(id);
    }
  }

  LedgerNames names() && {
    const std::size_t numbers = table_.errors().size();
    LedgerNames names;
    names.errors = errors_.sorted(numbers);
    names.codes = codes_.sorted(numbers);
    names.account_errors = account_errors_.sorted(numbers);
    names.outcomes = outcomes_.sorted(table_.streams().size() * kOutcomes);
    names.series.resize(names.errors.rendered.size());
    for (SeriesId id = 0; id < numbers; ++id) {
      if (const std::uint32_t place = names.errors.places[id]; place != kNoPlace) names.series[place] = id;
    }
    names.streams = std::move(streams_);
    for (const std::string& labels : infos_.sorted(numbers).rendered) {
      names.info.append(ledger_families::kInfo.name).append("{").append(labels).append("1\n");
    }
    return names;
  }

 private:
  Labels stream_labels(StreamId id) const {
    return {{"provider", table_.streams()[id].provider}, {"product", table_.streams()[id].product}};
  }

  void add(const ActiveStream& active) {
    streams_.push_back(active.id);
    const Labels labels = stream_labels(active.id);
    for (std::uint32_t i = 0; i < kOutcomes; ++i) {
      outcomes_.add(with(labels, {{"outcome", text(name(static_cast<Outcome>(i)))}}),
                    static_cast<std::uint32_t>(active.id * kOutcomes + i));
    }
    for (std::uint32_t i = 0; i < active.space->entries.size(); ++i) {
      const Entry& entry = active.space->entries[i];
      if (entry.counts) add((*active.series)[i], labels, entry, active.space->is_unlisted(i));
    }
  }

  void add(SeriesId id, const Labels& stream, const Entry& entry, bool unlisted) {
    const Labels code = with(stream, {{"code", entry.code}, {"reason", entry.reason}});
    const Labels kind = {{"category", text(name(entry.category))}, {"severity", text(name(entry.severity))}};
    Labels error = with(code, {{"family", entry.family}});
    error.insert(error.end(), kind.begin(), kind.end());
    errors_.add(error, id);
    if (unlisted) return;  // these are named by add_unlisted, whatever their family
    codes_.add(code, id);
    Labels account = code;
    account.insert(account.end(), kind.begin(), kind.end());
    account_errors_.add(account, id);
    infos_.add(
        with(error,
             {{"retry", text(name(entry.retry.kind))}, {"message", entry.message}, {"remedy", entry.remedy}}),
        id);
  }

  /// Those of families that are gone too, because an account's cell may stand under the number of one.
  void add_unlisted(SeriesId id) {
    const StreamId stream = table_.errors()[id].stream;
    if (std::find(streams_.begin(), streams_.end(), stream) == streams_.end()) return;
    const Entry& entry = unlisted_of_accounts();
    const Labels code = with(stream_labels(stream), {{"code", entry.code}, {"reason", entry.reason}});
    codes_.add(code, id);
    account_errors_.add(
        with(code, {{"category", text(name(entry.category))}, {"severity", text(name(entry.severity))}}), id);
  }

  const SeriesTable& table_;
  std::vector<StreamId> streams_;
  Collected errors_, codes_, account_errors_, outcomes_, infos_;
};

}  // namespace

const Entry& unlisted_of_accounts() {
  static const Entry entry = [] {
    Entry unlisted;
    unlisted.code = kUnlisted;
    unlisted.reason = kUnlisted;
    return unlisted;
  }();
  return entry;
}

LedgerNames name_series(const Settings& settings) { return Namer(settings).names(); }

}  // namespace telephony
