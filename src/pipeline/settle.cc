// The second half of the middle: commit, then the counters, then the answers.
#include <cstdlib>

#include "pipeline/group.h"
#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/pipeline/pipeline.h"

namespace telephony {

void Pipeline::run() {
  auto group = std::make_unique<Group>();
  std::unique_lock lock(mutex_);
  while (!stopping_ || !open_->deliveries.empty()) {
    asleep_ = true;
    arrived_.wait_for(lock, limits::kMaintainEvery,
                      [this] { return stopping_ || !open_->deliveries.empty(); });
    asleep_ = false;
    std::swap(open_, group);
    parts_.metrics.queued(0);
    lock.unlock();
    settle(*group, clock_());
    for (const Delivery& delivery : group->deliveries) delivery.done(delivery.receipt);
    group->clear();
    maintain(clock_());
    lock.lock();
  }
}

/// After a failure between the commit and the counters only the journal knows the truth, and a restart reads
/// it.
void Pipeline::run_or_abort() noexcept {
  try {
    run();
  } catch (const std::exception& error) {
    parts_.log.error("commits are not possible any more; start again", {{"error", error.what()}});
    std::abort();
  }
}

void Pipeline::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  if (committer_.joinable()) committer_.join();
  while (keep_hints(clock_())) continue;
}

/// Off the way to a reply.
void Pipeline::maintain(WallTime now) {
  parts_.journal.maintain(now);
  if (now < hints_forgotten_ || now - hints_forgotten_ >= limits::kMaintainEvery) {
    parts_.hints.forget(now);
    hints_forgotten_ = now;
  }
  const bool set_back = now < hints_tried_;
  if (set_back || now - hints_tried_ >= limits::kKeepHintsEvery) keep_hints(now);
}

/// Gives the journal what hints have learned. True when there is more of it.
bool Pipeline::keep_hints(WallTime now) {
  const auto hints = parts_.hints.unkept(limits::kKeptHints);
  if (hints.empty()) return false;
  const bool kept = parts_.journal.keep(hints);
  if (kept) parts_.hints.kept(hints.size());
  const bool more = kept && hints.size() == limits::kKeptHints;
  if (!more) hints_tried_ = now;
  return more;
}

void Pipeline::settle(Group& group, WallTime now) {
  if (group.accounts) parts_.ledger.admit(group.postings);
  const bool nothing = group.postings.empty() && group.positions.empty();
  if (!group.trunk_notes.empty()) parts_.trunks->expect(group.trunk_notes);
  const bool committed = nothing || parts_.journal.commit(group.postings, group.positions, now);
  if (committed) count(group);
  for (Delivery& delivery : group.deliveries) settle(group, delivery, committed);
}

void Pipeline::count(Group& group) {
  if (!group.postings.empty()) {
    parts_.ledger.post(group.postings);
    parts_.hints.post(group.postings);
    if (parts_.exemplars != nullptr) parts_.exemplars->note(group.postings);
  }
  observe(group);
  if (!group.trunk_notes.empty()) see_trunks(group);
}

void Pipeline::observe(const Group& group) {
  for (const CallNote& note : group.calls) {
    const Posting& posting = group.postings[note.posting];
    if (posting.duplicate) continue;
    const std::span<const CallMeasures> legs(group.legs.begin() + static_cast<std::ptrdiff_t>(note.first),
                                             note.last - note.first);
    parts_.calls.observe(posting, {legs, note.occurred, note.absurd});
  }
}

void Pipeline::settle(Group& group, Delivery& delivery, bool committed) {
  Receipt& receipt = delivery.receipt;
  if (committed) {
    for (std::size_t i = delivery.first; i < delivery.last; ++i) {
      const Posting& posting = group.postings[i];
      (posting.duplicate ? receipt.duplicate : receipt.counted) += posting.count;
    }
    if (!delivery.unlisted.empty()) note_unlisted(group, delivery);
  } else if (delivery.events > 0) {
    receipt.unavailable = true;
    receipt.rejected += delivery.events;
    delivery.causes[static_cast<std::size_t>(RejectCause::unavailable)] += delivery.events;
  }
  parts_.metrics.add(delivery.source, receipt, delivery.causes);
}

/// All of a delivery are of one provider.
void Pipeline::note_unlisted(const Group& group, const Delivery& delivery) {
  std::vector<UnlistedCodes::Seen> seen;
  seen.reserve(delivery.unlisted.size());
  std::uint64_t events = 0;
  for (const UnlistedNote& note : delivery.unlisted) {
    const Posting& posting = group.postings[note.posting];
    if (posting.duplicate) continue;
    events += posting.count;
    seen.push_back({note.shown.get(), posting.count});
  }
  for (const UnlistedCode* code : parts_.unlisted.add(seen, delivery.received)) {
    parts_.log.warn("a code is not in the catalog; see /api/v1/unlisted", {{"provider", code->provider},
                                                                           {"product", code->product},
                                                                           {"code", code->code},
                                                                           {"family", code->family}});
  }
  if (events > 0) parts_.metrics.unlisted(delivery.unlisted.front().shown->provider, events);
}

}  // namespace telephony
