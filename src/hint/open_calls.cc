#include "telephony_exporter/hint/open_calls.h"

namespace telephony {
namespace {

bool is_older(const CallTable& calls, std::uint32_t now, std::chrono::seconds age) {
  const CallTable::Call* oldest = calls.oldest();
  return oldest != nullptr && now - oldest->since >= age.count();
}

}  // namespace

void OpenCalls::report(const TrunkId& trunk, const CallId& id, bool over, std::uint32_t now) {
  expire(now);
  if (over) return end(id, now);
  const bool has_ended = ended_sessions_.contains(id.session, now) || ended_legs_.contains(id);
  if (!has_ended && !open_.contains(id)) open({id, trunk, now});
}

void OpenCalls::open(const CallTable::Call& call) {
  const std::size_t legs = open_.legs(call.id.session);
  if (call.id.leg == 0 && legs > 0) return;
  // The first leg that is told takes the place of its session.
  if (auto session = open_.take({call.id.session, 0})) {
    session->id = call.id;
    session->since = call.since;
    return open_.add(*session);
  }
  if (legs >= limits::kLegsOfACall) {
    ++dropped_;
    return;
  }
  if (open_.size() >= limits_.open) {
    ++dropped_;
    if (const auto oldest = open_.take_oldest()) tell_(*oldest, CallChange::dropped);
  }
  open_.add(call);
  tell_(call, CallChange::opened);
}

void OpenCalls::end(const CallId& id, std::uint32_t now) {
  const auto take = [&] { return id.leg == 0 ? open_.take_one_of(id.session) : open_.take(id); };
  while (const auto call = take()) tell_(*call, CallChange::ended);
  if (id.leg == 0) return ended_sessions_.add(id.session, now);
  remember_leg(id, now);
}

/// Of one session only so many, as they are looked up one after the other.
void OpenCalls::remember_leg(const CallId& id, std::uint32_t now) {
  if (ended_legs_.contains(id) || ended_legs_.legs(id.session) >= limits::kLegsOfACall) return;
  if (ended_legs_.size() >= limits_.ended) ended_legs_.take_oldest();
  ended_legs_.add({id, {}, now});
}

void OpenCalls::expire(std::uint32_t now) {
  while (is_older(ended_legs_, now, limits_.memory)) ended_legs_.take_oldest();
  while (is_older(open_, now, limits_.expiry)) {
    ++expired_;
    if (const auto call = open_.take_oldest()) tell_(*call, CallChange::expired);
  }
}

}  // namespace telephony
