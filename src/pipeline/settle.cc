// The second half of the middle: commit, then the counters, then the answers.
#include <cstdlib>

#include "pipeline/group.h"
#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/pipeline/pipeline.h"

namespace telephony {

void Pipeline::run() {
  Group group;
  std::unique_lock lock(mutex_);
  while (!stopping_ || !open_->deliveries.empty()) {
    arrived_.wait_for(lock, limits::kMaintainEvery,
                      [this] { return stopping_ || !open_->deliveries.empty(); });
    std::swap(*open_, group);
    lock.unlock();
    settle(group);
    for (const Delivery& delivery : group.deliveries) delivery.done(delivery.receipt);
    group.clear();
    maintain();
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
void Pipeline::maintain() {
  const WallTime now = clock_();
  parts_.journal.maintain(now);
  parts_.hints.forget(now);
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

void Pipeline::settle(Group& group) {
  parts_.metrics.queued(0);
  parts_.ledger.admit(group.postings);
  const bool nothing = group.postings.empty() && group.positions.empty();
  const bool committed = nothing || parts_.journal.commit(group.postings, group.positions, clock_());
  if (committed) {
    parts_.ledger.post(group.postings);
    parts_.hints.post(group.postings);
    if (parts_.exemplars != nullptr) parts_.exemplars->note(group.postings);
    observe(group);
    see_trunks(group);
  }
  for (Delivery& delivery : group.deliveries) settle(group, delivery, committed);
}

void Pipeline::observe(const Group& group) {
  for (const CallNote& note : group.calls) {
    const Posting& posting = group.postings[note.posting];
    if (!posting.duplicate) parts_.calls.observe(posting, note.sample);
  }
}

void Pipeline::settle(Group& group, Delivery& delivery, bool committed) {
  Receipt& receipt = delivery.receipt;
  const std::size_t postings = delivery.last - delivery.first;
  if (committed) {
    for (std::size_t i = delivery.first; i < delivery.last; ++i) {
      ++(group.postings[i].duplicate ? receipt.duplicate : receipt.counted);
    }
    for (const auto& [position, code] : delivery.unlisted) {
      if (!group.postings[position].duplicate) note_unlisted(code, delivery.received);
    }
  } else if (postings > 0) {
    receipt.unavailable = true;
    receipt.rejected += postings;
    delivery.causes[static_cast<std::size_t>(RejectCause::unavailable)] += postings;
  }
  parts_.metrics.add(delivery.source, receipt, delivery.causes);
}

}  // namespace telephony
