#include "telephony_exporter/pipeline/pipeline.h"

#include <algorithm>

#include "pipeline/group.h"
#include "telephony_exporter/catalog/text.h"
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

Pipeline::Pipeline(PipelineParts parts, Commits commits, Clock clock)
    : parts_(parts), clock_(std::move(clock)), open_(std::make_unique<Group>()) {
  if (commits == Commits::grouped) committer_ = std::thread([this] { run_or_abort(); });
}

Pipeline::~Pipeline() { stop(); }

void Pipeline::accept(const Source& source, const RawEvent& raw, const Done& done) {
  std::unique_lock lock(mutex_);
  const std::size_t waiting = std::max(open_->postings.size(), open_->trunk_notes.size());
  if (waiting >= limits::kQueueEvents || !take(source, raw, done)) {
    lock.unlock();
    refuse(source, RejectCause::unavailable);
    Receipt receipt;
    receipt.received = receipt.rejected = 1;
    receipt.unavailable = true;
    return done(receipt);
  }
  parts_.metrics.queued(open_->postings.size());
  if (committer_.joinable()) {
    lock.unlock();
    arrived_.notify_one();
    return;
  }
  settle(*open_);
  const Receipt receipt = open_->deliveries.back().receipt;
  open_->clear();
  maintain();
  lock.unlock();
  done(receipt);
}

/// Adds one body to what waits; false when it can't, and then nothing of it waits.
bool Pipeline::take(const Source& source, const RawEvent& raw, const Done& done) {
  const std::size_t deliveries = open_->deliveries.size();
  const std::size_t first = open_->postings.size();
  const std::size_t notes = open_->trunk_notes.size();
  try {
    Delivery& delivery = open_->deliveries.emplace_back();
    delivery.source = source.id;
    delivery.idempotency_key = raw.idempotency_key;
    delivery.received = clock_();
    delivery.first = first;
    delivery.done = done;
    decoder_.decode(source, raw, [&](const Record& record) { add(source, record, delivery); });
    delivery.last = open_->postings.size();
    open_->positions.insert(open_->positions.end(), raw.positions.begin(), raw.positions.end());
    return true;
  } catch (const std::exception& error) {  // there is no memory left
    open_->postings.resize(first);
    open_->trunk_notes.resize(notes);
    std::erase_if(open_->calls, [&](const CallNote& note) { return note.posting >= first; });
    open_->deliveries.resize(deliveries);
    parts_.log.error("a body could not be taken in", {{"source", source.name}, {"error", error.what()}});
    return false;
  }
}

void Pipeline::refuse(const Source& source, RejectCause cause, std::uint64_t count) {
  Receipt receipt;
  receipt.received = receipt.rejected = count;
  RejectCounts causes{};
  causes[static_cast<std::size_t>(cause)] = count;
  parts_.metrics.add(source.id, receipt, causes);
}

void Pipeline::add(const Source& source, const Record& record, Delivery& delivery) {
  Receipt& receipt = delivery.receipt;
  if (const auto* ignored = std::get_if<Ignored>(&record)) {
    receipt.received += ignored->records;
    receipt.ignored += ignored->records;
    return;
  }
  ++receipt.received;
  if (const auto* reject = std::get_if<Reject>(&record)) {
    ++receipt.rejected;
    ++delivery.causes[static_cast<std::size_t>(reject->cause)];
    if (receipt.rejects.size() < limits::kReportedRejects) receipt.rejects.push_back(*reject);
  } else {
    add_event(source, std::get<Event>(record), delivery);
  }
}

void Pipeline::add_event(const Source& source, const Event& event, Delivery& delivery) {
  if (!event.warning.empty()) warn(source, event, delivery.received);
  const auto meaning = classifier_.classify(event, *source.space);
  const bool refused = meaning && source.space->entries[meaning->entry].category == Category::capacity;
  if (event.call || refused) note_trunk(source, event, refused, delivery.received);
  if (!meaning && !event.session) {
    ++delivery.receipt.ignored;
    return;
  }
  Posting& posting = open_->postings.emplace_back();
  posting.stream = source.stream;
  posting.received = delivery.received;
  posting.key = key_of(source, event, delivery);
  if (event.session) posting.session = static_cast<std::uint8_t>(*event.session);
  if (!event.account.empty()) posting.account = open_->accounts.emplace_back(event.account);
  CallSample sample{{event.legs.begin(), event.legs.end()}, event.occurred, event.absurd};
  if (!sample.empty()) open_->calls.push_back({open_->postings.size() - 1, std::move(sample)});
  if (!meaning) return;
  posting.error = source.series[meaning->entry];
  if (!event.session_id.empty()) posting.session_id = open_->accounts.emplace_back(event.session_id);
  posting.retry_after = event.retry_after;
  if (meaning->unlisted) {
    delivery.unlisted.emplace_back(open_->postings.size() - 1, unlisted_code(source, event, meaning->entry));
  }
}

std::optional<EventKey> Pipeline::key_of(const Source& source, const Event& event, const Delivery& delivery) {
  std::string_view identity = event.identity;
  std::string own;
  if (identity.empty()) {
    if (delivery.idempotency_key.empty()) return std::nullopt;
    // The key names the request; its records are told apart by their position.
    own = "idempotency-key:" + source.name + ':' + std::to_string(delivery.receipt.received) + ':' +
          std::string(delivery.idempotency_key);
    identity = own;
  }
  scratch_ = source.provider;
  scratch_ += '\n';
  scratch_ += source.product;
  scratch_ += '\n';
  scratch_ += identity;
  return parts_.journal.key(scratch_);
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
