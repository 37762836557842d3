#include "catalog/locations.h"

#include <algorithm>

#include "catalog/load.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony {

Slot Locations::slot(const Node& node) {
  const std::string location = node.text();
  constexpr std::string_view kHeader = "header:";
  if (location.starts_with(kHeader)) return header(node, location.substr(kHeader.size()));
  return leaf(node, pointer_segments(node, location));
}

Slot Locations::slot_below(const std::vector<std::string>& parent, const Node& node) {
  if (parent.empty()) return slot(node);
  std::vector<std::string> segments = parent;
  for (std::string& segment : pointer_segments(node, node.text())) segments.push_back(std::move(segment));
  return leaf(node, segments);
}

std::vector<Slot> Locations::slots(const std::optional<Node>& list) {
  std::vector<Slot> out;
  if (!list) return out;
  for (const Node& item : list->items()) out.push_back(slot(item));
  return out;
}

Slot Locations::header(const Node& node, const std::string& name) {
  if (name.empty()) node.fail("'header:' names no header");
  for (const auto& [known, slot] : reading_.headers) {
    if (equal_ignoring_case(known, name)) return slot;
  }
  return reading_.headers.emplace_back(name, next(node)).second;
}

Slot Locations::leaf(const Node& node, const std::vector<std::string>& segments) {
  FieldTree* tree = &reading_.fields;
  for (const std::string& segment : segments) {
    auto& children = tree->children;
    auto found = std::find_if(children.begin(), children.end(),
                              [&](const FieldTree& child) { return child.key == segment; });
    if (found == children.end()) found = children.insert(children.end(), FieldTree{segment, {}, {}});
    tree = &*found;
  }
  if (!tree->slot) tree->slot = next(node);
  return *tree->slot;
}

Slot Locations::next(const Node& node) {
  if (reading_.slots == kMaxSlots) node.fail("a catalog may read " + std::to_string(kMaxSlots) + " fields");
  return static_cast<Slot>(reading_.slots++);
}

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

}  // namespace telephony
