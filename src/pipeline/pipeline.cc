#include "telephony_exporter/pipeline/pipeline.h"

#include <algorithm>

#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/classify/classify.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

constexpr std::ptrdiff_t kPhoneDigits = 7;

/// A code is short; with as many digits as a phone number it may hold one, whatever stands around it.
bool may_hold_phone_number(std::string_view code) {
  return std::count_if(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; }) >= kPhoneDigits;
}

/// An unlisted code as people may see it: no phone number, and of the text only words.
UnlistedCode unlisted_code(const Source& source, const Event& event, std::uint32_t entry) {
  UnlistedCode code;
  code.provider = source.provider;
  code.product = source.product;
  code.code = may_hold_phone_number(event.code) ? "…" : std::string(event.code);
  code.text = normal_text(event.text.substr(0, limits::kUnlistedTextBytes));
  code.family = source.space->entries[entry].family;
  return code;
}

}  // namespace

/// What one body turned into. A deque keeps the accounts where the postings point to.
struct Pipeline::Batch {
  WallTime now;
  std::string_view idempotency_key;
  std::vector<Posting> postings;
  std::deque<std::string> accounts;
  std::vector<std::pair<std::size_t, UnlistedCode>> unlisted;  ///< by position of the posting
  RejectCounts causes{};
  Receipt receipt;
};

Pipeline::Pipeline(PipelineParts parts, Clock clock) : parts_(parts), clock_(std::move(clock)) {}

void Pipeline::accept(const Source& source, const RawEvent& raw, const Done& done) {
  Batch batch;
  batch.idempotency_key = raw.idempotency_key;
  {
    const std::lock_guard lock(mutex_);
    batch.now = clock_();
    decoder_.decode(source, raw, [&](const Record& record) { add(source, record, batch); });
    commit(batch);
  }
  parts_.metrics.add(source.name, batch.receipt, batch.causes);
  done(batch.receipt);
}

void Pipeline::refuse(const Source& source, RejectCause cause) {
  Receipt receipt;
  receipt.received = receipt.rejected = 1;
  RejectCounts causes{};
  causes[static_cast<std::size_t>(cause)] = 1;
  parts_.metrics.add(source.name, receipt, causes);
}

void Pipeline::add(const Source& source, const Record& record, Batch& batch) {
  Receipt& receipt = batch.receipt;
  ++receipt.received;
  if (const auto* reject = std::get_if<Reject>(&record)) {
    ++receipt.rejected;
    ++batch.causes[static_cast<std::size_t>(reject->cause)];
    if (receipt.rejects.size() < limits::kReportedRejects) receipt.rejects.push_back(*reject);
  } else if (const auto* event = std::get_if<Event>(&record)) {
    add_event(source, *event, batch);
  } else {
    ++receipt.ignored;
  }
}

void Pipeline::add_event(const Source& source, const Event& event, Batch& batch) {
  if (!event.warning.empty()) warn(source, event, batch.now);
  const auto meaning = classify(event, *source.space, scratch_);
  if (!meaning && !event.session) {
    ++batch.receipt.ignored;
    return;
  }
  Posting& posting = batch.postings.emplace_back();
  posting.stream = source.stream;
  posting.received = batch.now;
  posting.key = key_of(source, event, batch);
  if (event.session) posting.session = static_cast<std::uint8_t>(*event.session);
  if (!event.account.empty()) posting.account = batch.accounts.emplace_back(event.account);
  if (!meaning) return;
  posting.error = source.series[meaning->entry];
  if (meaning->unlisted) {
    batch.unlisted.emplace_back(batch.postings.size() - 1, unlisted_code(source, event, meaning->entry));
  }
}

std::optional<EventKey> Pipeline::key_of(const Source& source, const Event& event, const Batch& batch) {
  std::string_view identity = event.identity;
  std::string own;
  if (identity.empty()) {
    if (batch.idempotency_key.empty()) return std::nullopt;
    // The key names the request; its records are told apart by their position.
    own = "idempotency-key:" + source.name + ':' + std::to_string(batch.receipt.received) + ':' +
          std::string(batch.idempotency_key);
    identity = own;
  }
  scratch_ = source.provider;
  scratch_ += '\n';
  scratch_ += source.product;
  scratch_ += '\n';
  scratch_ += identity;
  return parts_.journal.key(scratch_);
}

void Pipeline::commit(Batch& batch) {
  Receipt& receipt = batch.receipt;
  if (batch.postings.empty()) return;
  if (!parts_.journal.commit(batch.postings, batch.now)) {
    receipt.unavailable = true;
    receipt.rejected += batch.postings.size();
    batch.causes[static_cast<std::size_t>(RejectCause::unavailable)] += batch.postings.size();
    return;
  }
  parts_.ledger.post(batch.postings);
  for (const Posting& posting : batch.postings) ++(posting.duplicate ? receipt.duplicate : receipt.counted);
  for (const auto& [position, code] : batch.unlisted) {
    if (!batch.postings[position].duplicate) note_unlisted(code, batch.now);
  }
}

void Pipeline::note_unlisted(const UnlistedCode& code, WallTime now) {
  parts_.metrics.unlisted(code.provider);
  if (!parts_.unlisted.add(code, now)) return;
  parts_.log.warn(
      "a code is not in the catalog; see /api/v1/unlisted",
      {{"provider", code.provider}, {"product", code.product}, {"code", code.code}, {"family", code.family}});
}

void Pipeline::warn(const Source& source, const Event& event, WallTime now) {
  const std::string key = source.name + ' ' + std::string(event.kind);
  const auto [told, first] = warned_.try_emplace(key, now);
  if (!first && now - told->second < limits::kLogAgainAfter) return;
  told->second = now;
  parts_.log.warn(
      "an event arrived that the catalog warns of",
      {{"source", source.name}, {"kind", std::string(event.kind)}, {"warning", std::string(event.warning)}});
}

}  // namespace telephony
