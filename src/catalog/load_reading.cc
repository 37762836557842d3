#include <algorithm>

#include "catalog/load.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

/// Gives each distinct location one slot.
class Locations {
 public:
  explicit Locations(Reading& reading) : reading_(reading) {}

  Slot slot(const Node& node) {
    const std::string location = node.text();
    constexpr std::string_view kHeader = "header:";
    if (location.starts_with(kHeader)) return header(node, location.substr(kHeader.size()));
    FieldTree* tree = &reading_.fields;
    for (const std::string& segment : pointer_segments(node, location)) {
      auto& children = tree->children;
      auto found = std::find_if(children.begin(), children.end(),
                                [&](const FieldTree& child) { return child.key == segment; });
      if (found == children.end()) found = children.insert(children.end(), FieldTree{segment, {}, {}});
      tree = &*found;
    }
    if (!tree->slot) tree->slot = next(node);
    return *tree->slot;
  }

  std::vector<Slot> slots(const std::optional<Node>& list) {
    std::vector<Slot> out;
    if (!list) return out;
    for (const Node& item : list->items()) out.push_back(slot(item));
    return out;
  }

 private:
  Slot header(const Node& node, const std::string& name) {
    if (name.empty()) node.fail("'header:' names no header");
    for (const auto& [known, slot] : reading_.headers) {
      if (equal_ignoring_case(known, name)) return slot;
    }
    return reading_.headers.emplace_back(name, next(node)).second;
  }

  Slot next(const Node& node) {
    if (reading_.slots == kMaxSlots) node.fail("a catalog may read " + std::to_string(kMaxSlots) + " fields");
    return static_cast<Slot>(reading_.slots++);
  }

  Reading& reading_;
};

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
                    "percent_encoded", "warning"});
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
  return rule;
}

}  // namespace

std::vector<std::string> pointer_segments(const Node& node, const std::string& pointer) {
  if (!pointer.starts_with('/')) node.fail("'" + pointer + "' is no JSON pointer; it must start with '/'");
  std::vector<std::string> segments;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    const char c = pointer[i];
    if (c == '/') {
      segments.emplace_back();
    } else if (c == '~') {
      const char escaped = i + 1 < pointer.size() ? pointer[++i] : '\0';
      if (escaped != '0' && escaped != '1') {
        node.fail("'" + pointer + "' is no JSON pointer; after '~' must come 0 or 1");
      }
      segments.back() += escaped == '0' ? '~' : '/';
    } else {
      segments.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  for (const std::string& segment : segments) {
    if (segment.empty()) node.fail("'" + pointer + "' is no JSON pointer; a segment is empty");
  }
  return segments;
}

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
  return reading;
}

}  // namespace telephony
