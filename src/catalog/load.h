// The parts of a catalog file; see docs/adding-a-provider.md for the format.
#pragma once

#include "telephony_exporter/catalog/catalog.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {

/// How many files an `include` may lead through.
inline constexpr int kIncludeDepth = 4;

/// `code_spaces`: families, codes, and what they include.
std::deque<CodeSpace> load_code_spaces(const Node& list, int depth);

/// `outcomes`, `records`, `events`, `lines` and `no_error`.
Reading load_reading(const Node& root, const std::deque<CodeSpace>& spaces);

/// The unescaped segments of a JSON pointer (RFC 6901), lower-cased.
std::vector<std::string> pointer_segments(const Node& node, const std::string& pointer);

/// `signatures`: what a configuration may call by name.
std::vector<SignaturePreset> load_signatures(const Node& list);

/// A whole catalog, `depth` includes down.
Catalog load_catalog(const Node& root, int depth);

}  // namespace telephony
