// The names of the metrics of calls stand in this file only.
#include "telephony_exporter/record/call_metrics.h"

#include <algorithm>
#include <iterator>

#include "record/family.h"
#include "record/page_form.h"

namespace telephony {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;
using Buckets = prometheus::Histogram::BucketBoundaries;

struct Measure {
  const char* name;
  const char* help;
  Buckets buckets;
};

/// By CallField.
const std::array<Measure, kCallFields>& measures() {
  static const std::array<Measure, kCallFields> all = {{
      // From a call that breaks off at once to a conference.
      {"telephony_call_duration_seconds",
       "How long legs of calls were connected.",
       {1, 5, 15, 30, 60, 180, 600, 1800, 3600}},
      // ITU-T E.721 wants an answer signal in 2 s; people let it ring for 20 to 30 s, and switches for 60 s.
      {"telephony_call_setup_seconds",
       "From the attempt to the answer, of legs that were answered.",
       {1, 2, 4, 6, 10, 15, 20, 30, 60}},
      // The steps of satisfaction of ITU-T G.107 annex B (R = 50, 60, 70, 80, 90); 4.5 is the best it knows.
      {"telephony_call_mos",
       "Mean opinion score of legs, from 1 to 5.",
       {2, 2.58, 3.1, 3.6, 4.03, 4.34, 4.5}},
      // 0.1 % is what ITU-T Y.1541 allows a network; 1 % is heard by some, 5 % by everybody.
      {"telephony_call_packet_loss_ratio",
       "Lost packets of all packets, by leg.",
       {0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1}},
      // A packet holds 20 ms; ITU-T Y.1541 allows 50 ms, and jitter buffers give up at 100 to 200 ms.
      {"telephony_call_jitter_seconds",
       "Mean variation of the packets' delay, by leg.",
       {0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2}},
      // A webhook comes within a second or two; retries come after seconds, minutes, an hour; logs may be
      // older.
      {"telephony_event_lag_seconds",
       "From when an event occurred, by its sender's clock, to its receipt.",
       {0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600}},
  }};
  return all;
}

std::optional<double> CallMeasures::*const kOfLeg[] = {
    &CallMeasures::duration_seconds, &CallMeasures::setup_seconds, &CallMeasures::mos,
    &CallMeasures::loss_ratio, &CallMeasures::jitter_seconds};
constexpr auto kLag = static_cast<std::size_t>(CallField::occurred);

void add(std::optional<prometheus::Histogram>& histogram, std::size_t field, double value) {
  if (!histogram) histogram.emplace(measures()[field].buckets);
  histogram->Observe(value);
}

bool tells_of_calls(const Source& source) {
  return std::any_of(source.rules.begin(), source.rules.end(),
                     [](const EventRule* rule) { return !rule->legs.empty() || !rule->occurred.empty(); });
}

Labels labels_of(const Stream& stream) {
  return {{"provider", stream.provider}, {"product", stream.product}};
}

Labels labels_of(const Stream& stream, const char* last, std::string value) {
  Labels labels = labels_of(stream);
  labels.push_back({last, std::move(value)});
  return labels;
}

/// The families of one page; none when nothing was measured, as on most pages.
class Families {
 public:
  void add(const Stream& stream, const std::string& account, std::size_t field,
           const prometheus::Histogram& histogram) {
    if (families_.empty()) name_measures();
    ClientMetric metric = histogram.Collect();
    metric.label = labels_of(stream, "account", account);
    families_[field].metric.push_back(std::move(metric));
  }

  std::vector<MetricFamily> families() && { return std::move(families_); }

 private:
  void name_measures() {
    for (const Measure& measure : measures()) {
      families_.push_back(metric_family(measure.name, MetricType::Histogram, measure.help));
    }
  }

  std::vector<MetricFamily> families_;
};

constexpr FamilyHead kRejected = {"telephony_call_values_rejected_total", MetricType::Counter,
                                  "Events whose value of a field cannot be, so that it was left out."};
constexpr FamilyHead kSkewed = {"telephony_events_from_the_future_total", MetricType::Counter,
                                "Events that occurred later than they were received: a clock is wrong."};

}  // namespace

/// What pages show until the next reload, or the first event of a stream that was not expected to tell of
/// calls.
class CallMetrics::Shown {
 public:
  Shown(const Settings& settings, const std::map<StreamId, Faults>& faults) {
    for (const ActiveStream& active : settings.streams) {
      streams_.emplace(active.id, &settings.table.streams()[active.id]);
    }
    for (const auto& [id, of_stream] : faults) {
      if (const Stream* stream = find(id)) add(*stream, of_stream);
    }
  }

  /// Null when it is not shown.
  const Stream* find(StreamId id) const {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second;
  }

  const PageForm& form() const { return form_; }
  PageForm::Numbers numbers() const {
    PageForm::Numbers numbers;
    for (const std::uint64_t* count : counts_) numbers.push_back(static_cast<double>(*count));
    return numbers;
  }

 private:
  void add(const Stream& stream, const Faults& faults) {
    form_.add(kSkewed, labels_of(stream));
    counts_.push_back(&faults.skewed);
    for (std::size_t i = 0; i < kCallFields; ++i) {
      form_.add(kRejected, labels_of(stream, "field", std::string(name(static_cast<CallField>(i)))));
      counts_.push_back(&faults.rejected[i]);
    }
  }

  std::map<StreamId, const Stream*> streams_;
  PageForm form_;
  std::vector<const std::uint64_t*> counts_;  ///< of the form's samples
};

CallMetrics::CallMetrics(std::shared_ptr<const Settings> settings) { adopt(std::move(settings)); }

CallMetrics::~CallMetrics() = default;

void CallMetrics::adopt(std::shared_ptr<const Settings> settings) {
  const std::lock_guard lock(mutex_);
  shown_.reset();
  settings_ = std::move(settings);
  for (const Source& source : settings_->sources) {
    if (tells_of_calls(source)) faults(source.stream);
  }
}

CallMetrics::Faults& CallMetrics::faults(StreamId stream) {
  const auto [at, is_new] = faults_.try_emplace(stream);
  if (is_new) shown_.reset();
  return at->second;
}

void CallMetrics::observe(const Posting& posting, const CallSample& sample) {
  const std::lock_guard lock(mutex_);
  Faults& faults = this->faults(posting.stream);
  for (std::size_t i = 0; i < kCallFields; ++i) faults.rejected[i] += sample.absurd[i] ? 1 : 0;
  if (sample.legs.empty() && !sample.occurred) return;
  Histograms& histograms = histograms_[{posting.stream, std::string(posting.account)}];
  for (const CallMeasures& leg : sample.legs) {
    for (std::size_t i = 0; i < std::size(kOfLeg); ++i) {
      if (const auto& value = leg.*kOfLeg[i]) add(histograms[i], i, *value);
    }
  }
  if (sample.occurred) observe_lag(posting, *sample.occurred, histograms);
}

/// A clock that is ahead says nothing of the lag, but that it is small.
void CallMetrics::observe_lag(const Posting& posting, WallTime occurred, Histograms& histograms) {
  const bool skewed = occurred > posting.received;
  if (skewed) ++faults(posting.stream).skewed;
  const std::chrono::duration<double> lag = posting.received - occurred;
  add(histograms[kLag], kLag, skewed ? 0 : lag.count());
}

/// The mutex must be held as long as it is used.
const CallMetrics::Shown& CallMetrics::shown() const {
  if (!shown_) shown_ = std::make_unique<Shown>(*settings_, faults_);
  return *shown_;
}

/// With the mutex held.
std::vector<MetricFamily> CallMetrics::measured() const {
  Families page;
  for (const auto& [key, histograms] : histograms_) {
    const Stream* stream = shown().find(key.first);
    if (stream == nullptr) continue;
    for (std::size_t i = 0; i < kCallFields; ++i) {
      if (histograms[i]) page.add(*stream, key.second, i, *histograms[i]);
    }
  }
  return std::move(page).families();
}

std::vector<MetricFamily> CallMetrics::Collect() const {
  const std::lock_guard lock(mutex_);
  auto families = shown().form().collected(shown().numbers());
  auto more = measured();
  std::move(more.begin(), more.end(), std::back_inserter(families));
  return families;
}

std::vector<RenderedFamily> CallMetrics::rendered(PageFormat format) const {
  const std::lock_guard lock(mutex_);
  auto families = shown().form().rendered(format, shown().numbers());
  auto more = rendered_slowly(measured());
  std::move(more.begin(), more.end(), std::back_inserter(families));
  return families;
}

}  // namespace telephony
