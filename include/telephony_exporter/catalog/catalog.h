// One provider: its codes and how its events are read, from one YAML file. Immutable once loaded.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/catalog/code_space.h"
#include "telephony_exporter/catalog/reading.h"
#include "telephony_exporter/catalog/signature.h"

namespace telephony {

struct Catalog {
  std::string provider;
  std::string title;
  std::deque<CodeSpace> spaces;
  Reading reading;
  std::vector<SignaturePreset> signatures;

  /// The space that a source of this product uses, or null.
  const CodeSpace* space_for(std::string_view product) const;
  const SignaturePreset* signature(std::string_view name) const;  ///< or null
};

/// Reads catalog files, each once: several may include the same one.
class CatalogFiles {
 public:
  /// `depth` includes down. Throws ConfigError.
  std::shared_ptr<const Catalog> load(const std::string& path, int depth = 0);

 private:
  std::map<std::string, std::shared_ptr<const Catalog>> catalogs_;
};

/// From memory; `file` names it in messages, and included files are looked up beside it. Throws ConfigError.
Catalog parse_catalog(const std::string& text, const std::string& file);

}  // namespace telephony
