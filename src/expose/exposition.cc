#include "telephony_exporter/expose/exposition.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace telephony {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

// prometheus-cpp 1.0.1 writes HELP as it is, and one newline in it makes Prometheus drop the whole scrape.
std::string escape_help(const std::string& help) {
  std::string escaped;
  escaped.reserve(help.size());
  for (const char c : help) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// The library spells it "Nan"; a label can't be hit, since in a sample only the value stands before the line
// end.
void spell_nan(std::string& page) {
  static constexpr std::string_view kMisspelt = " Nan\n";
  for (auto at = page.find(kMisspelt); at != std::string::npos; at = page.find(kMisspelt, at + 1)) {
    const auto line = page.rfind('\n', at) + 1;  // npos + 1 is the first line
    if (page[line] != '#') page[at + 3] = 'N';
  }
}

std::map<std::string, MetricFamily> collect(std::span<const prometheus::Collectable* const> sources) {
  std::map<std::string, MetricFamily> families;
  for (const auto* source : sources) {
    for (auto& found : source->Collect()) {
      if (found.metric.empty()) continue;
      const auto [known, is_new] = families.try_emplace(found.name);
      if (is_new) {
        known->second = std::move(found);
      } else {
        std::move(found.metric.begin(), found.metric.end(), std::back_inserter(known->second.metric));
      }
    }
  }
  return families;
}

void sort_metrics(std::vector<ClientMetric>& metrics) {
  for (auto& metric : metrics) std::sort(metric.label.begin(), metric.label.end());
  std::sort(metrics.begin(), metrics.end(),
            [](const ClientMetric& a, const ClientMetric& b) { return a.label < b.label; });
}

}  // namespace

std::string exposition(std::span<const prometheus::Collectable* const> sources) {
  std::vector<MetricFamily> sorted;
  for (auto& [name, family] : collect(sources)) {
    family.help = escape_help(family.help);
    sort_metrics(family.metric);
    sorted.push_back(std::move(family));
  }
  std::string page = prometheus::TextSerializer{}.Serialize(sorted);
  spell_nan(page);
  return page;
}

}  // namespace telephony
