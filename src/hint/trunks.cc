#include "telephony_exporter/hint/trunks.h"

#include <algorithm>

#include "telephony_exporter/hint/erlang.h"

namespace telephony {
namespace {

// Events are told a moment after they were received; what is later than this is a clock that was set back.
constexpr Seconds kLate{60};
// A refused call is told to be under way for a moment, too; longer than this it is none.
constexpr Seconds kProven{10};
// Fewer refusals at fewer calls may be those whose calls were not seen.
constexpr std::uint32_t kRefusalsToFall = 10;
// The mean holding time follows about so many calls.
constexpr double kHoldingCalls = 100;

std::uint32_t whole(Seconds time) {
  return static_cast<std::uint32_t>(std::min(time.count(), static_cast<double>(UINT32_MAX)));
}

}  // namespace

Trunks::Trunks(CallLimits limits)
    : calls_([this](const CallTable::Call& call, CallChange change) { changed(call, change); }, limits) {}

Seconds Trunks::pass(WallTime now) {
  if (last_ == now) return now_;  // as with all events of a body but the first
  const Seconds passed = last_ ? Seconds(now - *last_) : Seconds(0);
  if (passed > Seconds(0)) now_ += passed;
  if (!last_ || passed > Seconds(0) || passed < -kLate) last_ = now;
  calls_.expire(whole(now_));
  return now_;
}

/// Brings a trunk up to the present, with the calls that were open until now.
Trunks::Trunk& Trunks::advanced(const TrunkId& id, Seconds now) {
  Trunk& trunk = trunks_.try_emplace(id, now).first->second;
  const bool began = trunk.history.advance(now, trunk.open);
  if (trunk.above > 0 && now - trunk.above_since >= kProven) {
    trunk.learned = std::max(trunk.learned, trunk.above);
    trunk.history.present().full = std::max(trunk.history.present().full, trunk.above);
    trunk.above = 0;
    watch_limit(trunk);
  }
  if (began && trunk.learned > 0) {
    const TrunkSpan day = trunk.history.last(kTrunkPeriods);
    if (day.refused >= kRefusalsToFall && day.full > 0) trunk.learned = day.full;
  }
  return trunk;
}

void Trunks::changed(const CallTable::Call& call, CallChange change) {
  Trunk& trunk = advanced(call.trunk, now_);
  if (change == CallChange::opened) {
    TrunkSpan& present = trunk.history.present();
    present.peak = std::max(present.peak, ++trunk.open);
    ++present.attempts;
  } else {
    --trunk.open;
  }
  if (change == CallChange::ended) {
    trunk.ended = std::min(trunk.ended + 1, kHoldingCalls);
    trunk.mean_holding_seconds += (whole(now_) - call.since - trunk.mean_holding_seconds) / trunk.ended;
  }
  watch_limit(trunk);
}

/// Calls beyond a learned limit prove it wrong if they stay.
void Trunks::watch_limit(Trunk& trunk) const {
  if (trunk.learned == 0 || trunk.open <= trunk.learned) {
    trunk.above = 0;
  } else if (trunk.above == 0) {
    trunk.above = trunk.open;
    trunk.above_since = now_;
  } else {
    trunk.above = std::min(trunk.above, trunk.open);
  }
}

void Trunks::see(const TrunkEvent& event, WallTime received) {
  const Seconds now = pass(received);
  const bool known = event.refused && event.call && calls_.knows(event.call->session, whole(now));
  // What was refused takes no channel, whatever else is said of it.
  if (event.call) calls_.report(event.trunk, *event.call, event.over || event.refused, whole(now));
  if (event.refused && trunks_.contains(event.trunk)) {
    refuse(advanced(event.trunk, now), known, event.refusals);
  }
}

/// A call that was told to be under way is an attempt already.
void Trunks::refuse(Trunk& trunk, bool known, std::uint32_t times) {
  TrunkSpan& present = trunk.history.present();
  if (!known) present.attempts += times;
  present.refused += times;
  present.full = std::max(present.full, trunk.open);
  trunk.learned = std::max(trunk.learned, trunk.open);
}

std::optional<std::uint32_t> Trunks::limit(const TrunkId& id, const Trunk& trunk) const {
  const auto configured = configured_.find(id);
  if (configured != configured_.end()) return configured->second;
  if (trunk.learned == 0 || id.account == kOtherAccount) return std::nullopt;
  return trunk.learned;
}

std::vector<TrunkNumbers> Trunks::numbers(WallTime now) {
  const Seconds passed = pass(now);
  for (const auto& [id, calls] : configured_) advanced(id, passed);
  std::vector<TrunkNumbers> all;
  for (const auto& [id, trunk] : trunks_) {
    advanced(id, passed);
    all.push_back(numbers(id, trunk));
  }
  return all;
}

TrunkNumbers Trunks::numbers(const TrunkId& id, const Trunk& trunk) const {
  TrunkNumbers now;
  now.trunk = id;
  now.calls = trunk.open;
  now.peak = trunk.history.last(kPeriodsAnHour).peak;
  now.limit = limit(id, trunk);
  now.limit_configured = configured_.contains(id);
  if (trunk.history.last(kTrunkPeriods).peak == 0) return now;
  now.window = trunk.history.last(kPeriodsOfTheWindow + 1);
  now.busy_hour_erlangs = trunk.history.busiest_hour().offered();
  if (now.busy_hour_erlangs.value_or(0) > 0) {
    now.recommended_calls = channels_for(*now.busy_hour_erlangs, kTargetBlocking);
  }
  return now;
}

TrunkView Trunks::view(const TrunkId& id, WallTime now) {
  const Seconds passed = pass(now);
  if (!trunks_.contains(id)) return {};
  const Trunk& trunk = advanced(id, passed);
  return {static_cast<double>(trunk.open), static_cast<double>(limit(id, trunk).value_or(0)),
          trunk.mean_holding_seconds};
}

}  // namespace telephony
