// `call`, `legs` and `occurred` of an event.
#include <algorithm>
#include <array>
#include <span>

#include "catalog/load.h"
#include "catalog/locations.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

using Segments = std::vector<std::string>;

constexpr std::array<std::string_view, 6> kTimes = {
    "rfc3339", "local", "rfc2822", "epoch_seconds", "epoch_milliseconds", "epoch_microseconds"};

/// A unit's name, and how many of it are a second or the whole.
struct Unit {
  std::string_view name;
  double units;
};
constexpr std::array<Unit, 3> kDurations = {{{"seconds", 1}, {"milliseconds", 1e3}, {"microseconds", 1e6}}};
constexpr std::array<Unit, 2> kShares = {{{"ratio", 1}, {"percent", 100}}};

double load_units(const Node& node, std::span<const Unit> units) {
  std::vector<std::string_view> names;
  for (const Unit& unit : units) names.push_back(unit.name);
  return units[node.choice(names)].units;
}

/// One or more fields, each alone or as a mapping.
template <typename Field, typename Load>
std::vector<Field> load_fields(const Node& leg, std::string_view key, Load load) {
  std::vector<Field> fields;
  const auto list = leg.find(key);
  if (!list) return fields;
  for (const Node& item : list->items()) fields.push_back(load(item));
  if (fields.empty()) list->fail("names no field; list at least one");
  return fields;
}

/// Loads the measures of a leg whose fields stand below `at`.
class LegLoader {
 public:
  LegLoader(const Node& node, const Segments& at, Locations& locations)
      : node_(node), at_(at), locations_(locations) {}

  LegRule leg() {
    LegRule rule;
    rule.initiated = times("initiated");
    rule.connected = times("connected");
    rule.disconnected = times("disconnected");
    rule.duration = quantities("duration", kDurations, false);
    rule.setup = quantities("setup", kDurations, false);
    rule.mos = load_fields<QuantityField>(node_, "mos", [&](const Node& item) {
      return QuantityField{locations_.slot_below(at_, item), 1};
    });
    rule.loss = quantities("loss", kShares, true);
    rule.jitter = quantities("jitter", kDurations, true);
    for (const auto* fields : {&rule.initiated, &rule.connected, &rule.disconnected}) {
      for (const TimeField& field : *fields) rule.slots |= std::uint64_t{1} << field.slot;
    }
    for (const auto* fields : {&rule.duration, &rule.setup, &rule.mos, &rule.loss, &rule.jitter}) {
      for (const QuantityField& field : *fields) rule.slots |= std::uint64_t{1} << field.slot;
    }
    return rule;
  }

  std::vector<TimeField> times(std::string_view key) {
    return load_fields<TimeField>(node_, key, [&](const Node& item) {
      if (item.is_scalar()) return TimeField{locations_.slot_below(at_, item)};
      item.expect_keys({"field", "as"});
      return TimeField{locations_.slot_below(at_, item.at("field")),
                       static_cast<TimeField::As>(item.at("as").choice(kTimes))};
    });
  }

 private:
  /// What has no usual unit says it.
  std::vector<QuantityField> quantities(std::string_view key, std::span<const Unit> units, bool says_unit) {
    return load_fields<QuantityField>(node_, key, [&](const Node& item) {
      if (item.is_scalar() && !says_unit) return QuantityField{locations_.slot_below(at_, item), 1};
      item.expect_keys({"field", "unit"});
      return QuantityField{locations_.slot_below(at_, item.at("field")), load_units(item.at("unit"), units)};
    });
  }

  const Node& node_;
  const Segments& at_;
  Locations& locations_;
};

std::vector<LegRule> load_legs(const Node& node, Locations& locations) {
  node.expect_keys(
      {"at", "initiated", "connected", "disconnected", "duration", "setup", "mos", "loss", "jitter"});
  std::vector<LegRule> legs;
  if (const auto at = node.find("at")) {
    for (const Node& item : at->items()) {
      legs.push_back(LegLoader(node, pointer_segments(item, item.text()), locations).leg());
    }
    if (legs.empty()) at->fail("names no leg; list at least one, or leave it out");
  } else {
    legs.push_back(LegLoader(node, {}, locations).leg());
  }
  return legs;
}

std::vector<std::string> load_words(const std::optional<Node>& list) {
  std::vector<std::string> words;
  if (!list) return words;
  for (const std::string& word : list->texts()) words.push_back(normal_text(word));
  return words;
}

CallRule load_call(const Node& node, Locations& locations) {
  node.expect_keys({"session", "leg", "status", "under_way", "over"});
  CallRule call;
  call.session = locations.slots(node.at("session"));
  if (call.session.empty()) node.at("session").fail("names no field; list at least one");
  call.leg = locations.slots(node.find("leg"));
  call.status = locations.slots(node.find("status"));
  const auto over = node.find("over");
  call.under_way = load_words(node.find("under_way"));
  call.over = load_words(over);
  if (call.status.empty() != (call.under_way.empty() && call.over.empty())) {
    node.fail("status needs the words for under_way and over, and they need status");
  }
  for (const std::string& word : call.over) {
    const bool both = std::find(call.under_way.begin(), call.under_way.end(), word) != call.under_way.end();
    if (both) over->fail("'" + word + "' cannot mean both that a call is under way and that it is over");
  }
  return call;
}

}  // namespace

void load_call_reading(const Node& node, Locations& locations, EventRule& rule) {
  if (const auto call = node.find("call")) rule.call = load_call(*call, locations);
  if (const auto legs = node.find("legs")) rule.legs = load_legs(*legs, locations);
  rule.occurred = LegLoader(node, {}, locations).times("occurred");
  for (const TimeField& field : rule.occurred) {
    if (field.as == TimeField::As::local) {
      node.at("occurred").fail("a time of an unknown zone does not tell when something occurred");
    }
  }
}

}  // namespace telephony
