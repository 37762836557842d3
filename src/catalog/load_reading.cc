#include <algorithm>
#include <stdexcept>

#include "catalog/load.h"
#include "catalog/locations.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

/// What a value is cut out of, and whose code it is.
Field load_part(const Node& node, Locations& locations) {
  Field field;
  field.slot = locations.slot(node.is_scalar() ? node : node.at("field"));
  if (node.is_scalar()) return field;
  if (const auto after = node.find("after")) field.after = after->text();
  if (const auto before = node.find("before")) field.before = before->text();
  return field;
}

Field load_code_field(const Node& node, Locations& locations, const std::deque<CodeSpace>& spaces) {
  if (node.is_scalar()) return load_part(node, locations);
  if (node.find("field")) {
    node.expect_keys({"field", "after", "before", "numbering"});
    Field field = load_part(node, locations);
    if (const auto numbering = node.find("numbering")) field.numbering = load_numbering(*numbering, spaces);
    return field;
  }
  node.expect_keys({"line", "reason", "field", "after", "before", "numbering"});
  const auto line = node.find("line");
  const auto reason = node.find("reason");
  if (line.has_value() == reason.has_value()) {
    node.fail("expected {line: FIELD}, {reason: FIELD} or {field: FIELD, ...}");
  }
  if (node.pairs().size() > 1) node.fail("only {field: ...} has further keys");
  Field field;
  field.slot = locations.slot(line ? *line : *reason);
  field.as = line ? Field::As::line : Field::As::reason;
  return field;
}

Field load_account(const Node& node, Locations& locations) {
  Field field = load_part(node, locations);
  if (node.is_scalar()) return field;
  node.expect_keys({"field", "after", "before", "listed"});
  if (const auto listed = node.find("listed")) field.listed = listed->boolean();
  return field;
}

void load_when(const Node& node, Locations& locations, EventRule& rule) {
  if (!node.is_map()) {
    rule.when = locations.slots(node);
  } else {
    node.expect_keys({"field", "equals"});
    rule.when = {locations.slot(node.at("field"))};
    const Node equals = node.at("equals");
    rule.equals = equals.is_scalar() ? std::vector<std::string>{equals.text()} : equals.texts();
    if (rule.equals.empty()) equals.fail("names no value; list at least one");
  }
  if (rule.when.empty()) node.fail("names no field; list at least one");
}

EventRule load_event(const Node& node, Locations& locations, const std::deque<CodeSpace>& spaces) {
  node.expect_keys({"kind", "products", "when", "status", "code", "text", "account", "retry_after", "dedup",
                    "percent_encoded", "warning", "call", "legs", "occurred"});
  EventRule rule;
  rule.kind = node.at("kind").slug();
  if (const auto products = node.find("products")) {
    for (const Node& product : products->items()) {
      rule.products.push_back(product.slug());
      const bool known = std::any_of(spaces.begin(), spaces.end(),
                                     [&](const CodeSpace& space) { return space.serves(product.text()); });
      if (!known) product.fail("no code space has a product '" + product.text() + "'");
    }
  }
  load_when(node.at("when"), locations, rule);
  rule.status = locations.slots(node.find("status"));
  if (const auto code = node.find("code")) {
    for (const Node& item : code->items()) rule.code.push_back(load_code_field(item, locations, spaces));
  }
  rule.text = locations.slots(node.find("text"));
  if (const auto account = node.find("account")) {
    for (const Node& item : account->items()) rule.account.push_back(load_account(item, locations));
  }
  rule.retry_after = locations.slots(node.find("retry_after"));
  if (const auto encoded = node.find("percent_encoded")) rule.percent_encoded = encoded->boolean();
  if (const auto dedup = node.find("dedup")) {
    dedup->expect_keys({"id", "with"});
    rule.id = locations.slots(dedup->at("id"));
    rule.id_with = locations.slots(dedup->find("with"));
  }
  if (const auto warning = node.find("warning")) rule.warning = warning->text();
  load_call_reading(node, locations, rule);
  return rule;
}

}  // namespace

Reading load_reading(const Node& root, const std::deque<CodeSpace>& spaces) {
  Reading reading;
  Locations locations(reading);
  if (const auto none = root.find("no_error")) reading.no_error = none->texts();
  if (const auto outcomes = root.find("outcomes")) reading.statuses = load_statuses(*outcomes);
  if (const auto records = root.find("records")) {
    for (const Node& item : records->items()) {
      const std::vector<std::string> segments = pointer_segments(item, item.text());
      if (std::find(segments.begin(), segments.end(), "*") != segments.end()) {
        item.fail("'" + item.text() + "' must name one array; '*' can stand in fields only");
      }
      reading.records.push_back(item.text());
    }
  }
  if (const auto events = root.find("events")) {
    for (const Node& item : events->items()) {
      EventRule rule = load_event(item, locations, spaces);
      for (const EventRule& other : reading.events) {
        if (other.kind == rule.kind) item.at("kind").fail("kind '" + rule.kind + "' is here twice");
      }
      reading.events.push_back(std::move(rule));
    }
  }
  load_text_reading(root, spaces, reading);
  try {
    reading.steps = FieldSteps(reading.fields, reading.records);
  } catch (const std::invalid_argument& error) {
    root.fail(error.what());
  }
  return reading;
}

}  // namespace telephony
