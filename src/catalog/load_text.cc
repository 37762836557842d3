#include <algorithm>
#include <stdexcept>

#include "catalog/load.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

constexpr std::array<std::string_view, 4> kLayoutNames = {"pairs", "logfmt", "json", "csv"};

LinePattern load_line(const Node& node, const std::deque<CodeSpace>& spaces) {
  node.expect_keys({"kind", "pattern", "numbering"});
  const Node text = node.at("pattern");
  try {
    LinePattern pattern = LinePattern::parse(text.text());
    pattern.kind = node.at("kind").slug();
    if (const auto numbering = node.find("numbering")) pattern.numbering = load_numbering(*numbering, spaces);
    return pattern;
  } catch (const std::invalid_argument& e) {
    text.fail("'" + text.text() + "' is no line pattern: " + e.what());
  }
}

/// A column that no rule reads needs no slot.
void load_columns(const Node& node, const FieldTree& fields, Layout& layout) {
  for (const Node& item : node.items()) {
    const FieldTree* field = fields.child(item.text());
    if (field != nullptr && field->slot) layout.columns.emplace_back(layout.cells, *field->slot);
    ++layout.cells;
  }
  if (layout.columns.empty()) node.fail("names no field that an event is read from");
}

/// Where the fields are not behind a text, the rules need one of their keys.
std::vector<Sign> signs_of(const Layout& layout, const Reading& reading) {
  std::vector<Sign> signs;
  for (const std::string& text : layout.after) signs.push_back({text});
  if (layout.as != Layout::As::logfmt || !signs.empty()) return signs;
  for (const FieldTree& field : reading.fields.children) {
    const auto needs = [&](const EventRule& rule) {
      return field.slot && std::find(rule.when.begin(), rule.when.end(), *field.slot) != rule.when.end();
    };
    if (std::any_of(reading.events.begin(), reading.events.end(), needs)) {
      signs.push_back({field.key + '=', true});
    }
  }
  return signs;
}

Layout load_layout(const Node& node, const FieldTree& fields) {
  node.expect_keys({"as", "after", "separator", "equals", "columns"});
  Layout layout;
  layout.as = static_cast<Layout::As>(node.at("as").choice(kLayoutNames));
  const bool pairs = layout.as == Layout::As::pairs;
  const bool csv = layout.as == Layout::As::csv;
  layout.separator = pairs ? ";" : ",";
  layout.equals = "=";
  if (const auto after = node.find("after")) layout.after = after->texts();
  if (const auto separator = node.find("separator")) {
    if (!pairs && !csv) separator->fail("only pairs and csv have a separator");
    layout.separator = separator->text();
    if (csv && layout.separator.size() != 1) separator->fail("cells are separated by one character");
  }
  if (const auto equals = node.find("equals")) {
    if (!pairs) equals->fail("only pairs have 'equals'");
    layout.equals = equals->text();
  }
  if (const auto columns = node.find("columns")) {
    if (!csv) columns->fail("only csv has columns");
    load_columns(*columns, fields, layout);
  }
  if (csv && layout.columns.empty()) node.fail("csv needs 'columns'; a file with a header needs no layout");
  if ((pairs || layout.as == Layout::As::json) && layout.after.empty()) {
    node.fail("key 'after' is missing: a text that stands before the fields");
  }
  return layout;
}

}  // namespace

std::string load_numbering(const Node& node, const std::deque<CodeSpace>& spaces) {
  std::string name = node.slug();
  const bool known = std::any_of(spaces.begin(), spaces.end(),
                                 [&](const CodeSpace& space) { return space.has_numbering(name); });
  if (!known) node.fail("no code space includes a numbering '" + name + "'");
  return name;
}

void load_text_reading(const Node& root, const std::deque<CodeSpace>& spaces, Reading& reading) {
  if (const auto layouts = root.find("layouts")) {
    for (const Node& item : layouts->items()) {
      Layout& layout = reading.layouts.emplace_back(load_layout(item, reading.fields));
      layout.signs = signs_of(layout, reading);
    }
  }
  if (const auto lines = root.find("lines")) {
    for (const Node& item : lines->items()) reading.lines.push_back(load_line(item, spaces));
  }
  choose_needles(reading);
  const auto protocols = root.find("reason_protocols");
  if (!protocols) return;
  for (const Node& item : protocols->items()) {
    ReasonProtocol protocol;
    if (item.is_scalar()) {
      protocol.name = item.text();
    } else {
      item.expect_keys({"protocol", "numbering"});
      protocol.name = item.at("protocol").text();
      protocol.numbering = load_numbering(item.at("numbering"), spaces);
    }
    for (const ReasonProtocol& other : reading.reason_protocols) {
      if (equal_ignoring_case(other.name, protocol.name))
        item.fail("protocol '" + protocol.name + "' is here twice");
    }
    reading.reason_protocols.push_back(std::move(protocol));
  }
}

}  // namespace telephony
