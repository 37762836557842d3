// The names of the metrics about calls and trunks stand in this file only.
#include "telephony_exporter/record/trunk_metrics.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "record/family.h"
#include "record/page_form.h"

namespace telephony {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<prometheus::ClientMetric::Label>;

// Of events that name no account; the label is empty then, which for Prometheus is none.
constexpr AccountId kNoAccount = UINT32_MAX;

MetricFamily gauge(const char* name, const char* help) {
  return metric_family(name, MetricType::Gauge, help);
}

Labels with(Labels labels, const char* name, const char* value) {
  labels.push_back({name, value});
  return labels;
}

/// What is not known has no sample.
template <typename Number>
void add_known(MetricFamily& family, const Labels& labels, const std::optional<Number>& value) {
  if (value) add_sample(family, labels, static_cast<double>(*value));
}

struct Families {
  MetricFamily calls = gauge("telephony_concurrent_calls", "Calls that are under way; each leg is one.");
  MetricFamily peak =
      gauge("telephony_concurrent_calls_peak", "The most calls at the same time in the last hour.");
  MetricFamily limit =
      gauge("telephony_trunk_limit_calls", "How many calls the trunk takes at the same time.");
  MetricFamily utilization =
      gauge("telephony_trunk_utilization_ratio", "Calls under way, of those that the trunk takes.");
  MetricFamily carried =
      gauge("telephony_trunk_carried_erlangs", "Calls under way on average over 15 minutes.");
  MetricFamily offered = gauge("telephony_trunk_offered_erlangs",
                               "What would have been carried in 15 minutes if nothing had been refused.");
  MetricFamily blocking = gauge("telephony_trunk_blocking_ratio",
                                "Calls refused for want of capacity in 15 minutes, of all attempts.");
  MetricFamily busy_hour =
      gauge("telephony_trunk_busy_hour_erlangs", "What was offered in the busiest hour of the last 24.");
  MetricFamily recommended = gauge("telephony_trunk_recommended_calls",
                                   "How many calls the trunk should take, by the busiest hour and Erlang B.");

  void add(const TrunkNumbers& trunk, const Labels& labels) {
    add_sample(calls, labels, trunk.calls);
    add_sample(peak, labels, trunk.peak);
    add_known(limit, with(labels, "source", trunk.limit_configured ? "configured" : "learned"), trunk.limit);
    if (trunk.limit) add_sample(utilization, labels, static_cast<double>(trunk.calls) / *trunk.limit);
    add_known(carried, labels, trunk.window.carried());
    add_known(offered, labels, trunk.window.offered());
    add_known(blocking, labels, trunk.window.blocking());
    add_known(busy_hour, labels, trunk.busy_hour_erlangs);
    static_assert(kTargetBlocking == 0.01);
    add_known(recommended, with(labels, "target_blocking", "0.01"), trunk.recommended_calls);
  }

  std::vector<MetricFamily> families() && {
    return {std::move(calls),       std::move(peak),      std::move(limit),
            std::move(utilization), std::move(carried),   std::move(offered),
            std::move(blocking),    std::move(busy_hour), std::move(recommended)};
  }
};

bool tells_of_calls(const Settings& settings, StreamId stream) {
  return std::any_of(settings.sources.begin(), settings.sources.end(), [&](const Source& source) {
    return source.stream == stream &&
           std::any_of(source.rules.begin(), source.rules.end(),
                       [](const EventRule* rule) { return rule->call.has_value(); });
  });
}

/// By provider, product and account, in the streams whose events tell which calls are under way.
std::map<TrunkId, std::uint32_t> limits_of(const Settings& settings, Ledger& ledger) {
  std::map<TrunkId, std::uint32_t> limits;
  for (const ActiveStream& active : settings.streams) {
    if (!tells_of_calls(settings, active.id)) continue;
    const auto trunks = settings.trunks.find(settings.table.streams()[active.id].provider);
    if (trunks == settings.trunks.end()) continue;
    for (const auto& [account, calls] : trunks->second) {
      limits.emplace(TrunkId{active.id, ledger.admit(active.id, account)}, calls);
    }
  }
  return limits;
}

// So many notes are known before they are seen; as many lines as a core fetches at once.
constexpr std::size_t kAhead = 16;

bool is_active(const Settings& settings, StreamId stream) {
  return std::any_of(settings.streams.begin(), settings.streams.end(),
                     [&](const ActiveStream& active) { return active.id == stream; });
}

}  // namespace

TrunkMetrics::TrunkMetrics(std::shared_ptr<const Settings> settings, Ledger& ledger, Clock clock)
    : ledger_(ledger), clock_(std::move(clock)) {
  adopt(std::move(settings));
}

void TrunkMetrics::adopt(std::shared_ptr<const Settings> settings) {
  auto limits = limits_of(*settings, ledger_);
  const std::lock_guard lock(mutex_);
  trunks_.configure(std::move(limits));
  settings_ = std::move(settings);
}

void TrunkMetrics::expect(std::span<const TrunkNote> notes) const {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return;
  for (const TrunkNote& note : notes.first(std::min(notes.size(), kAhead))) trunks_.prefetch(note.event);
}

void TrunkMetrics::see(std::span<TrunkNote> notes) {
  const TrunkNote* last = nullptr;
  for (TrunkNote& note : notes) {
    const bool same = last != nullptr && last->stream == note.stream && last->account == note.account;
    note.event.trunk = same ? last->event.trunk : trunk(note.stream, note.account);
    last = &note;
  }
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < notes.size(); ++i) {
    if (i + kAhead < notes.size()) trunks_.prefetch(notes[i + kAhead].event);
    trunks_.see(notes[i].event, notes[i].received);
  }
}

bool TrunkMetrics::any() const {
  const std::lock_guard lock(mutex_);
  return !trunks_.empty();
}

TrunkView TrunkMetrics::view(StreamId stream, std::string_view account) const {
  const TrunkId id = trunk(stream, account);
  const std::lock_guard lock(mutex_);
  return trunks_.view(id, clock_());
}

TrunkId TrunkMetrics::trunk(StreamId stream, std::string_view account) const {
  return {stream, account.empty() ? kNoAccount : ledger_.admit(stream, account)};
}

/// What a page shows: of each trunk, and of all calls.
struct TrunkMetrics::Reading {
  std::vector<MetricFamily> trunks;
  PageForm::Numbers calls;

  static const PageForm& form() {
    static const PageForm of_calls = {{"telephony_exporter_calls_expired_total", MetricType::Counter,
                                       "Open calls whose end was never told."},
                                      {"telephony_exporter_calls_dropped_total", MetricType::Counter,
                                       "Calls that are not followed, because too many are open."}};
    return of_calls;
  }
};

TrunkMetrics::Reading TrunkMetrics::read() const {
  std::unique_lock lock(mutex_);
  const auto settings = settings_;
  const std::vector<TrunkNumbers> trunks = trunks_.numbers(clock_());
  PageForm::Numbers calls = {static_cast<double>(trunks_.expired()), static_cast<double>(trunks_.dropped())};
  lock.unlock();
  std::optional<Families> page;  // most pages do without
  for (const TrunkNumbers& trunk : trunks) {
    if (!is_active(*settings, trunk.trunk.stream)) continue;
    const Stream& stream = settings->table.streams()[trunk.trunk.stream];
    const std::string account =
        trunk.trunk.account == kNoAccount ? "" : ledger_.account_name(trunk.trunk.account);
    if (!page) page.emplace();
    page->add(trunk, {{"provider", stream.provider}, {"product", stream.product}, {"account", account}});
  }
  return {page ? std::move(*page).families() : std::vector<MetricFamily>(), std::move(calls)};
}

std::vector<MetricFamily> TrunkMetrics::Collect() const {
  Reading reading = read();
  auto families = Reading::form().collected(reading.calls);
  std::move(reading.trunks.begin(), reading.trunks.end(), std::back_inserter(families));
  return families;
}

std::vector<RenderedFamily> TrunkMetrics::rendered(PageFormat format) const {
  Reading reading = read();
  auto families = Reading::form().rendered(format, std::move(reading.calls));
  auto more = rendered_slowly(std::move(reading.trunks));
  std::move(more.begin(), more.end(), std::back_inserter(families));
  return families;
}

}  // namespace telephony
