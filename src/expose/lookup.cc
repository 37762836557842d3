#include "expose/lookup.h"

#include <algorithm>

namespace telephony {

std::vector<const Catalog*> catalogs_of(const Settings& settings) {
  std::vector<const Catalog*> catalogs;
  for (const auto& catalog : settings.catalogs) catalogs.push_back(catalog.get());
  return catalogs;
}

bool has_provider(const Settings& settings, const std::string& provider) {
  return std::any_of(settings.catalogs.begin(), settings.catalogs.end(),
                     [&](const auto& catalog) { return catalog->provider == provider; });
}

std::vector<Meaning> look_up(const Settings& settings, const std::string& query,
                             const std::string& provider) {
  const auto catalogs = catalogs_of(settings);
  if (provider.empty()) return explain(catalogs, query);
  return explain(catalogs, query, provider);
}

}  // namespace telephony
