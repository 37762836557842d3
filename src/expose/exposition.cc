#include "telephony_exporter/expose/exposition.h"

#include <prometheus/metric_family.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

namespace telephony {
namespace {

using prometheus::MetricFamily;
using Families = std::map<std::string, MetricFamily, std::less<>>;

void collect(const prometheus::Collectable& source, Families& families) {
  for (auto& found : source.Collect()) {
    if (found.metric.empty()) continue;
    const auto [known, is_new] = families.try_emplace(found.name);
    if (is_new) {
      known->second = std::move(found);
    } else {
      std::move(found.metric.begin(), found.metric.end(), std::back_inserter(known->second.metric));
    }
  }
}

}  // namespace

const char* content_type(PageFormat format) {
  return format == PageFormat::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                           : "text/plain; version=0.0.4; charset=utf-8";
}

std::string exposition(std::span<const prometheus::Collectable* const> sources, PageFormat format,
                       std::string old) {
  constexpr std::size_t kCollectedBytes = 64 * 1024;  // of what is not rendered, roughly
  std::vector<RenderedFamily> parts;
  Families collected;
  for (const auto* source : sources) {
    if (const auto* rendered = dynamic_cast<const Rendered*>(source)) {
      auto more = rendered->rendered(format);
      std::move(more.begin(), more.end(), std::back_inserter(parts));
    } else {
      collect(*source, collected);
    }
  }
  std::size_t bytes = collected.empty() ? 0 : kCollectedBytes;
  for (const RenderedFamily& part : parts) bytes += part.bytes;
  for (auto& [name, family] : collected)
    parts.push_back({name, 0, [&family = family](Page& page) { write_family(page, family); }});
  std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  Page page(format, bytes, std::move(old));
  for (const RenderedFamily& part : parts) part.write(page);
  return std::move(page).text();
}

}  // namespace telephony
