// Questions to the configured catalogs, as the pages and the API ask them.
#pragma once

#include <string>
#include <vector>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/explain/explain.h"

namespace telephony {

/// What a query can mean; `provider` may be empty. Valid as long as the settings.
std::vector<Meaning> look_up(const Settings& settings, const std::string& query, const std::string& provider);

}  // namespace telephony
