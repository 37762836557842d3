#include "telephony_exporter/catalog/catalog.h"

#include <algorithm>
#include <filesystem>

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

namespace {

Catalog load_catalog(const Node& root, const Includes& includes) {
  root.expect_keys({"provider", "title", "no_error", "code_spaces", "outcomes", "records", "events",
                    "layouts", "lines", "reason_protocols", "signatures"});
  Catalog catalog;
  catalog.provider = root.at("provider").slug();
  catalog.title = root.at("title").text();
  catalog.spaces = load_code_spaces(root.at("code_spaces"), includes);
  catalog.reading = load_reading(root, catalog.spaces);
  if (const auto signatures = root.find("signatures")) catalog.signatures = load_signatures(*signatures);
  return catalog;
}

}  // namespace

std::shared_ptr<const Catalog> CatalogFiles::load(const std::string& path, int depth) {
  const std::string name = std::filesystem::path(path).lexically_normal().string();
  if (const auto found = catalogs_.find(name); found != catalogs_.end()) return found->second;
  auto catalog = std::make_shared<const Catalog>(load_catalog(Node::load(path), {*this, depth}));
  return catalogs_.emplace(name, std::move(catalog)).first->second;
}

Catalog parse_catalog(const std::string& text, const std::string& file) {
  CatalogFiles files;
  return load_catalog(Node::parse(text, file), {files, 0});
}

}  // namespace telephony
