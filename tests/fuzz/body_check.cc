#include "body_check.h"

#include <cstdio>
#include <cstdlib>

#include "telephony_exporter/classify/classify.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// Reads every byte, so that the sanitizer sees a view of memory that is gone.
void require_readable(std::string_view view) {
  unsigned sum = 0;
  for (const char c : view) sum += static_cast<unsigned char>(c);
  volatile unsigned sink = sum;
  static_cast<void>(sink);
}

bool is_kind(const Source& source, std::string_view kind) {
  for (const EventRule* rule : source.rules) {
    if (rule->kind == kind) return true;
  }
  for (const LinePattern& line : source.catalog->reading.lines) {
    if (line.kind == kind) return true;
  }
  return false;
}

void check_reject(const Reject& reject, std::size_t position) {
  require(reject.record == position, "a reject says which record it was");
  require(reject.cause == RejectCause::malformed || reject.cause == RejectCause::too_deep ||
              reject.cause == RejectCause::too_long || reject.cause == RejectCause::bad_code,
          "only these causes come from a body");
  require(!reject.detail.empty() && reject.detail.size() < 128, "a reject says shortly what is wrong");
  for (const char c : reject.detail) require(c >= ' ' && c <= '~', "a detail quotes nothing");
}

void check_calls(const Event& event) {
  if (event.call) {
    require_readable(event.call->session);
    require_readable(event.call->leg);
    require(!event.call->session.empty(), "a call has a session");
  }
  // A comparison with what is no number fails.
  const auto within = [](const std::optional<double>& value, double least, double most) {
    return !value || (*value >= least && *value <= most);
  };
  for (const CallMeasures& leg : event.legs) {
    require(leg != CallMeasures{}, "a leg tells something");
    require(within(leg.duration_seconds, 0, 7 * 24 * 3600), "a duration can be");
    require(within(leg.setup_seconds, 0, 600), "a setup can be");
    require(within(leg.mos, 1, 5), "a score is one");
    require(within(leg.loss_ratio, 0, 1), "a loss is a ratio");
    require(within(leg.jitter_seconds, 0, 10), "a jitter can be");
  }
}

}  // namespace

struct BodyCheck::Totals {
  std::size_t records = 0;
  std::size_t events = 0;
  std::size_t ignored = 0;
  std::size_t rejects = 0;
};

BodyCheck::BodyCheck()
    : settings_{load_settings(SOURCE_DIRECTORY "/config/telephony_exporter.yml"),
                load_settings(SOURCE_DIRECTORY "/tests/testdata/more_providers.yml")} {
  for (const auto& settings : settings_) {
    for (const Source& each : settings->sources) sources_.push_back(&each);
  }
}

void BodyCheck::check(std::size_t source, BodyFormat format, std::string_view body,
                      std::span<const Header> headers) {
  const Source& chosen = *sources_[source % sources_.size()];
  Totals totals;
  RawEvent raw;
  raw.format = format;
  raw.body = body;
  raw.headers = headers;
  decoder_.decode(chosen, raw, [&](const Record& record) { check_record(chosen, record, totals); });
  require(totals.records == totals.events + totals.ignored + totals.rejects, "a record is one of three");
  // Each record takes a byte at least, but for the body that should be a document and is empty.
  require(totals.records <= body.size() + 1, "a body holds no more records than bytes");
}

void BodyCheck::check_record(const Source& source, const Record& record, Totals& totals) {
  if (const auto* event = std::get_if<Event>(&record)) {
    ++totals.records;
    ++totals.events;
    check_event(source, *event);
  } else if (const auto* reject = std::get_if<Reject>(&record)) {
    ++totals.rejects;
    check_reject(*reject, totals.records++);
  } else {
    const std::size_t records = std::get<Ignored>(record).records;
    require(records > 0, "what is ignored is a record at least");
    totals.ignored += records;
    totals.records += records;
  }
}

void BodyCheck::check_event(const Source& source, const Event& event) {
  for (const std::string_view view :
       {event.kind, event.code, event.numbering, event.text, event.account, event.identity}) {
    require_readable(view);
  }
  require(is_kind(source, event.kind), "an event's kind is one of the catalog's");
  require(event.code.size() <= limits::kCodeBytes, "a code is short");
  require(!event.retry_after || event.retry_after->count() >= 0, "a wait is no time before");
  require(!event.session || static_cast<std::size_t>(*event.session) < kOutcomes,
          "an outcome is one of the set");
  check_calls(event);
  const auto meaning = classify(event, *source.space, scratch_);
  if (!meaning) return;
  require(meaning->entry < source.space->entries.size(), "a classification is an entry of the space");
  require(source.space->entries[meaning->entry].counts, "what is no error is not classified as one");
  require(meaning->unlisted || !source.space->is_unlisted(meaning->entry),
          "what is listed is an entry of the file");
}

}  // namespace telephony
