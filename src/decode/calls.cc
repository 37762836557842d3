#include "decode/calls.h"

#include <algorithm>

#include "decode/timestamp.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

constexpr double kLongest = std::chrono::duration<double>(limits::kCallDuration).count();
constexpr double kLongestSetup = std::chrono::duration<double>(limits::kCallSetup).count();
constexpr double kMostJitter = std::chrono::duration<double>(limits::kCallJitter).count();

bool among(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Reads fields, and notes what they hold that cannot be.
class Reader {
 public:
  Reader(const Slots& slots, CallFields& absurd) : slots_(slots), absurd_(absurd) {}

  /// The first that is there, from `least` to `most`.
  std::optional<double> quantity(const std::vector<QuantityField>& fields, CallField what, double least,
                                 double most) {
    for (const QuantityField& field : fields) {
      if (!slots_.told(field.slot)) continue;
      const std::string_view text = trimmed(slots_.number(field.slot));
      if (text.empty() && !slots_.unreadable(field.slot)) continue;
      const auto number = parse_number(text);
      return between(number ? std::optional(*number / field.units) : std::nullopt, what, least, most);
    }
    return std::nullopt;
  }

  std::optional<WallTime> time(const std::vector<TimeField>& fields, CallField what) {
    for (const TimeField& field : fields) {
      if (!slots_.told(field.slot)) continue;
      const std::string_view text = trimmed(slots_.number(field.slot));
      const bool there = !text.empty() || slots_.unreadable(field.slot);
      const bool none = field.as >= TimeField::As::epoch_seconds && text == "0";
      if (!there || none) continue;
      const auto time = parse_time(text, field.as);
      if (!time) note(what);
      return time;
    }
    return std::nullopt;
  }

  /// From one time to the other; nothing when one of them is not there.
  std::optional<double> elapsed(std::optional<WallTime> from, std::optional<WallTime> to, CallField what,
                                double most) {
    if (!from || !to) return std::nullopt;
    return between(std::chrono::duration<double>(*to - *from).count(), what, 0, most);
  }

 private:
  std::optional<double> between(std::optional<double> value, CallField what, double least, double most) {
    if (value && *value >= least && *value <= most) return value;
    note(what);
    return std::nullopt;
  }
  void note(CallField what) { absurd_.set(static_cast<std::size_t>(what)); }

  const Slots& slots_;
  CallFields& absurd_;
};

CallMeasures read_leg(const LegRule& rule, Reader& reader) {
  const auto initiated = reader.time(rule.initiated, CallField::setup);
  const auto connected = reader.time(rule.connected, CallField::setup);
  const auto disconnected = reader.time(rule.disconnected, CallField::duration);
  CallMeasures leg;
  leg.duration_seconds = reader.quantity(rule.duration, CallField::duration, 0, kLongest);
  // A call that nobody took is told as one of 0 seconds.
  if (leg.duration_seconds == 0.0 && !connected) leg.duration_seconds.reset();
  if (!leg.duration_seconds) {
    leg.duration_seconds = reader.elapsed(connected, disconnected, CallField::duration, kLongest);
  }
  leg.setup_seconds = reader.quantity(rule.setup, CallField::setup, 0, kLongestSetup);
  if (!connected && !leg.duration_seconds) leg.setup_seconds.reset();  // nobody answered
  if (!leg.setup_seconds) {
    leg.setup_seconds = reader.elapsed(initiated, connected, CallField::setup, kLongestSetup);
  }
  leg.mos = reader.quantity(rule.mos, CallField::mos, 1, 5);
  leg.loss_ratio = reader.quantity(rule.loss, CallField::loss, 0, 1);
  leg.jitter_seconds = reader.quantity(rule.jitter, CallField::jitter, 0, kMostJitter);
  return leg;
}

}  // namespace

void read_call(const EventRule& rule, const Slots& slots, std::string& word, Event& event) {
  if (!rule.call) return;
  const CallRule& call = *rule.call;
  const std::string_view session = trimmed(slots.first(call.session));
  if (session.empty()) return;
  bool over = event.session || rule.status.empty();
  if (!call.status.empty()) {
    normal_text(slots.first(call.status), word);
    over = among(call.over, word);
    if (!over && !among(call.under_way, word)) return;
  }
  event.call.emplace();
  event.call->session = session;
  event.call->leg = trimmed(slots.first(call.leg));
  event.call->over = over;
}

void read_legs(const EventRule& rule, const Slots& slots, std::vector<CallMeasures>& legs,
               CallFields& absurd) {
  legs.clear();
  Reader reader(slots, absurd);
  for (const LegRule& leg : rule.legs) {
    if (!slots.told_any(leg.slots)) continue;
    const CallMeasures measures = read_leg(leg, reader);
    if (measures != CallMeasures{}) legs.push_back(measures);
  }
}

std::optional<WallTime> read_occurred(const EventRule& rule, const Slots& slots, CallFields& absurd) {
  return Reader(slots, absurd).time(rule.occurred, CallField::occurred);
}

}  // namespace telephony
