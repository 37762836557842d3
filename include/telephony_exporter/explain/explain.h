// What a code or a text means, for people and programs that ask.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/catalog/catalog.h"

namespace telephony {

/// One meaning: an entry and where it stands.
struct Meaning {
  const Catalog* catalog = nullptr;
  const CodeSpace* space = nullptr;
  const Entry* entry = nullptr;
  std::string code;  ///< as asked for, when the entry is that of a family's unlisted codes
};

/// Everything that `query` can mean, best first: a code, a Reason header, a whole log line, or a provider's
/// message. With `provider`, in that catalog only. A code that nobody lists is explained by the families it
/// falls into; words that no message equals find the messages that hold them all.
std::vector<Meaning> explain(std::span<const Catalog* const> catalogs, std::string_view query,
                             std::optional<std::string_view> provider = std::nullopt);

/// A block of lines for a terminal.
std::string to_text(const Meaning& meaning);

/// {provider, products, code, reason, family, category, severity, retry, message, meaning, remedy, source}
nlohmann::json to_json(const Meaning& meaning);

/// Every listed entry of every catalog, in the files' order.
std::vector<Meaning> all_meanings(std::span<const Catalog* const> catalogs);

}  // namespace telephony
