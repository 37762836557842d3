#include "telephony_exporter/catalog/catalog.h"

#include <algorithm>

#include "catalog/load.h"

namespace telephony {

const CodeSpace* Catalog::space_for(std::string_view product) const {
  const auto found = std::find_if(spaces.begin(), spaces.end(),
                                  [&](const CodeSpace& space) { return space.serves(product); });
  return found == spaces.end() ? nullptr : &*found;
}

const SignaturePreset* Catalog::signature(std::string_view name) const {
  const auto found = std::find_if(signatures.begin(), signatures.end(),
                                  [&](const SignaturePreset& preset) { return preset.name == name; });
  return found == signatures.end() ? nullptr : &*found;
}

Catalog load_catalog(const Node& root, int depth) {
  root.expect_keys({"provider", "title", "no_error", "code_spaces", "outcomes", "records", "events",
                    "layouts", "lines", "reason_protocols", "signatures"});
  Catalog catalog;
  catalog.provider = root.at("provider").slug();
  catalog.title = root.at("title").text();
  catalog.spaces = load_code_spaces(root.at("code_spaces"), depth);
  catalog.reading = load_reading(root, catalog.spaces);
  if (const auto signatures = root.find("signatures")) catalog.signatures = load_signatures(*signatures);
  return catalog;
}

Catalog load_catalog(const std::string& file) { return load_catalog(Node::load(file), 0); }

Catalog parse_catalog(const std::string& text, const std::string& file) {
  return load_catalog(Node::parse(text, file), 0);
}

}  // namespace telephony
