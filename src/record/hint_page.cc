// The slow way onto the page, label by label: for whoever collects, and for tests of the fast one.
#include <algorithm>
#include <map>

#include "record/family.h"
#include "record/hint_families.h"
#include "telephony_exporter/record/hint_metrics.h"

namespace telephony {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<prometheus::ClientMetric::Label>;

double unix_seconds(WallTime time) { return Seconds(time.time_since_epoch()).count(); }

/// Of the accounts of one series: the longest wait, and when the last one ends.
struct Worst {
  Seconds after{0};
  WallTime not_before;
};

struct Families {
  MetricFamily allowed = family_of(hint_families::kAllowed);
  MetricFamily after = family_of(hint_families::kAfter);
  MetricFamily not_before = family_of(hint_families::kNotBefore);
  MetricFamily account_after = family_of(hint_families::kAccountAfter);

  void entry(const Labels& labels, const Entry& entry, const Worst& worst) {
    const Hint rest = rest_hint(entry.retry);
    add_sample(allowed, labels, rest.allowed ? 1 : 0);
    if (!rest.allowed) return;
    add_sample(after, labels, std::max(rest.after, worst.after).count());
    add_sample(not_before, labels, unix_seconds(worst.not_before));
  }

  void account(Labels labels, const RaisedHint& hint) {
    if (hint.account.empty()) return;
    labels.push_back({"account", hint.account});
    add_sample(account_after, std::move(labels), hint.after.count());
  }
};

std::map<SeriesId, Worst> worst_of(const std::vector<RaisedHint>& raised) {
  std::map<SeriesId, Worst> worst;
  for (const RaisedHint& hint : raised) {
    Worst& known = worst[hint.series];
    known.after = std::max(known.after, hint.after);
    known.not_before = std::max(known.not_before, hint.not_before);
  }
  return worst;
}

/// Of the listed codes that the sources can send. The families' unlisted entries share their code and reason,
/// so these say nothing of one of them.
std::map<SeriesId, std::pair<Labels, const Entry*>> listed(const Settings& settings) {
  std::map<SeriesId, std::pair<Labels, const Entry*>> entries;
  for (const ActiveStream& active : settings.streams) {
    const Stream& stream = settings.table.streams()[active.id];
    for (std::uint32_t i = 0; !active.space->is_unlisted(i); ++i) {
      const Entry& entry = active.space->entries[i];
      const Labels labels = {{"provider", stream.provider},
                             {"product", stream.product},
                             {"code", entry.code},
                             {"reason", entry.reason}};
      if (entry.counts) entries.emplace((*active.series)[i], std::pair(labels, &entry));
    }
  }
  return entries;
}

}  // namespace

std::vector<MetricFamily> HintMetrics::Collect() const {
  const HintNumbers numbers = hints_.numbers(clock_());
  const auto entries = listed(*numbers.settings);
  auto worst = worst_of(numbers.raised);
  Families page;
  for (const auto& [series, entry] : entries) page.entry(entry.first, *entry.second, worst[series]);
  for (const RaisedHint& hint : numbers.raised) {
    if (const auto entry = entries.find(hint.series); entry != entries.end())
      page.account(entry->second.first, hint);
  }
  return {std::move(page.allowed), std::move(page.after), std::move(page.not_before),
          std::move(page.account_after)};
}

}  // namespace telephony
