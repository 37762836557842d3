// `auth` of a webhook: its scheme, and its secrets from where they stand.
#pragma once

#include "telephony_exporter/catalog/catalog.h"
#include "telephony_exporter/config/auth.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {

/// Presets are those of `catalog`. Messages say where a secret stands and never what it is. Throws
/// ConfigError.
Auth load_auth(const Node& node, const Catalog& catalog);

}  // namespace telephony
