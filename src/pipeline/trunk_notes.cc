// What events say of calls and of refusals, on its way past the journal: it is not durable, but as late as
// the counters.
#include "pipeline/group.h"
#include "telephony_exporter/pipeline/pipeline.h"

namespace telephony {

/// Of the keyed hash half is kept: two of 100,000 calls meet once in a billion times.
std::uint64_t Pipeline::call_key(const Source& source, std::string_view session, std::string_view leg) {
  scratch_ = source.provider;
  scratch_ += '\n';
  scratch_ += session;
  scratch_ += '\n';
  scratch_ += leg;
  return parts_.journal.key(scratch_).low;
}

/// The posting of a refusal is the next one.
void Pipeline::note_trunk(const Source& source, const Event& event, bool refused, WallTime received) {
  if (parts_.trunks == nullptr) return;
  TrunkNote& note = open_->trunk_notes.emplace_back();
  note.stream = source.stream;
  note.received = received;
  if (!event.account.empty()) note.account = open_->accounts.emplace_back(event.account);
  if (refused) note.posting = open_->postings.size();
  if (!event.call) return;
  const CallReport& call = *event.call;
  note.event.over = call.over;
  note.event.call = CallId{call_key(source, call.session, ""),
                           call.leg.empty() ? 0 : call_key(source, call.session, call.leg)};
}

void Pipeline::see_trunks(const Group& group) {
  for (const TrunkNote& note : group.trunk_notes) {
    TrunkEvent event = note.event;
    event.refused = note.posting && !group.postings[*note.posting].duplicate;
    if (event.call || event.refused) parts_.trunks->see(note.stream, note.account, event, note.received);
  }
}

}  // namespace telephony
