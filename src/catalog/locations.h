// The places in a record that a catalog names, numbered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "telephony_exporter/catalog/reading.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {

/// Gives each distinct location one slot of the reading.
class Locations {
 public:
  explicit Locations(Reading& reading) : reading_(reading) {}

  Slot slot(const Node& node);
  /// Of a JSON pointer that goes on from another one.
  Slot slot_below(const std::vector<std::string>& parent, const Node& node);
  std::vector<Slot> slots(const std::optional<Node>& list);

 private:
  Slot header(const Node& node, const std::string& name);
  Slot leaf(const Node& node, const std::vector<std::string>& segments);
  Slot next(const Node& node);

  Reading& reading_;
};

}  // namespace telephony
