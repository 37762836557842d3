#include "expose/lookup.h"

namespace telephony {

std::vector<Meaning> look_up(const Settings& settings, const std::string& query,
                             const std::string& provider) {
  const auto catalogs = settings.all_catalogs();
  if (provider.empty()) return explain(catalogs, query);
  return explain(catalogs, query, provider);
}

}  // namespace telephony
