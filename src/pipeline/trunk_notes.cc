// What events say of calls and of refusals, on its way past the journal: it is not durable, but as late as
// the counters.
#include "pipeline/group.h"
#include "telephony_exporter/pipeline/pipeline.h"

namespace telephony {
namespace {

/// A leg is told apart within its session only, so nobody but the session's own sender could make two meet.
std::uint64_t leg_key(std::string_view leg) {
  if (leg.empty()) return 0;
  return std::max<std::uint64_t>(1, std::hash<std::string_view>()(leg));
}

}  // namespace

/// The posting of a refusal is the next one.
void Pipeline::note_trunk(const Source& source, const Event& event, bool refused, WallTime received) {
  if (parts_.trunks == nullptr) return;
  TrunkNote& note = open_->trunk_notes.emplace_back();
  note.stream = source.stream;
  note.received = received;
  note.account = open_->texts.keep(event.account);
  if (refused) note.posting = open_->postings.size();
  if (!event.call) return;
  open_->refusals_from = open_->postings.size();
  note.event.over = event.call->over;
  note.event.call = CallId{sessions_.key(source.provider, event.call->session), leg_key(event.call->leg)};
}

void Pipeline::see_trunks(Group& group) {
  for (TrunkNote& note : group.trunk_notes) {
    if (!note.posting) continue;
    const Posting& posting = group.postings[*note.posting];
    note.event.refused = !posting.duplicate;
    note.event.refusals = posting.count;
  }
  parts_.trunks->see(group.trunk_notes);
}

}  // namespace telephony
