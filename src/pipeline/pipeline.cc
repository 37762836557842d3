#include "telephony_exporter/pipeline/pipeline.h"

#include "pipeline/group.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

/// It tells of nothing but an error, so those of one series can share a posting.
bool is_plain(const Event& event, const Delivery& delivery) {
  return event.identity.empty() && delivery.idempotency_key.empty() && event.account.empty() &&
         event.session_id.empty() && !event.session && !event.retry_after && !event.call &&
         event.legs.empty() && !event.occurred && event.absurd.none();
}

}  // namespace

Pipeline::Pipeline(PipelineParts parts, Commits commits, Clock clock)
    : parts_(parts), clock_(std::move(clock)), open_(std::make_unique<Group>()) {
  if (commits == Commits::grouped) committer_ = std::thread([this] { run_or_abort(); });
}

Pipeline::~Pipeline() { stop(); }

void Pipeline::accept(const Source& source, const RawEvent& raw, const Done& done) {
  std::unique_lock lock(mutex_);
  if (open_->waiting() >= limits::kQueueEvents || !take(source, raw, done)) {
    lock.unlock();
    refuse(source, RejectCause::unavailable);
    Receipt receipt;
    receipt.received = receipt.rejected = 1;
    receipt.unavailable = true;
    return done(receipt);
  }
  if (committer_.joinable()) {
    parts_.metrics.queued(open_->events);
    const bool wake = std::exchange(asleep_, false);
    lock.unlock();
    if (wake) arrived_.notify_one();
    return;
  }
  const WallTime now = open_->deliveries.back().received;
  settle(*open_, now);
  const Receipt receipt = std::move(open_->deliveries.back().receipt);
  open_->clear();
  maintain(now);
  lock.unlock();
  done(receipt);
}

/// Adds one body to what waits; false when it can't, and then nothing of it waits.
bool Pipeline::take(const Source& source, const RawEvent& raw, const Done& done) {
  const Group::Mark before = open_->mark();
  ++deliveries_;
  try {
    Delivery& delivery = open_->deliveries.add();
    delivery.source = source.id;
    delivery.idempotency_key = raw.idempotency_key;
    delivery.received = clock_();
    delivery.first = before.postings;
    if (committer_.joinable()) delivery.done = done;
    begin_identities(source);
    const auto visit = [&](const Record& record) { add(source, record, delivery); };
    const auto again = [&](std::uint64_t alike) { return add_again(source, alike, delivery); };
    decoder_.decode(source, raw, std::cref(visit), std::cref(again));
    delivery.last = open_->postings.size();
    delivery.events = open_->events - before.events;
    open_->positions.insert(open_->positions.end(), raw.positions.begin(), raw.positions.end());
    return true;
  } catch (const std::exception& error) {  // there is no memory left
    open_->cut(before);
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
  if (meaning && is_plain(event, delivery) && add_plain(source, event, *meaning, refused)) return;
  if (event.call || refused) note_trunk(source, event, refused, delivery.received);
  if (!meaning && !event.session) {
    ++delivery.receipt.ignored;
    return;
  }
  Posting& posting = add_posting(source, delivery);
  posting.key = key_of(source, event, delivery);
  if (event.session) posting.session = static_cast<std::uint8_t>(*event.session);
  posting.account = open_->texts.keep(event.account);
  open_->accounts = open_->accounts || !event.account.empty();
  note_calls(event);
  if (!meaning) return;
  posting.error = source.series[meaning->entry];
  posting.session_id = open_->texts.keep(event.session_id);
  posting.retry_after = event.retry_after;
  if (!meaning->unlisted) return;
  UnlistedNote& note = delivery.unlisted.emplace_back();
  note.posting = open_->postings.size() - 1;
  note.shown = shown(source, event, meaning->entry);
}

Posting& Pipeline::add_posting(const Source& source, const Delivery& delivery) {
  ++open_->events;
  Posting& posting = open_->postings.emplace_back();
  posting.stream = source.stream;
  posting.received = delivery.received;
  return posting;
}

/// What is told of the calls of the last posting.
void Pipeline::note_calls(const Event& event) {
  if (event.legs.empty() && !event.occurred && event.absurd.none()) return;
  const std::size_t first = open_->legs.size();
  open_->legs.insert(open_->legs.end(), event.legs.begin(), event.legs.end());
  open_->calls.push_back(
      {open_->postings.size() - 1, first, open_->legs.size(), event.occurred, event.absurd});
}

/// Provider and product, which all identities of a source begin with.
void Pipeline::begin_identities(const Source& source) {
  identity_ = source.provider;
  identity_ += '\n';
  identity_ += source.product;
  identity_ += '\n';
  identity_prefix_ = identity_.size();
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
  identity_.resize(identity_prefix_);
  identity_ += identity;
  const EventKey key = parts_.journal.key(identity_);
  if (!committer_.joinable()) parts_.journal.expect(key);  // else a commit may be under way
  return key;
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
