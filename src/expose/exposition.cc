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
    const auto [known, is_new] = families.try_emplace(found.name);
    if (is_new) {
      known->second = std::move(found);
    } else {
      std::move(found.metric.begin(), found.metric.end(), std::back_inserter(known->second.metric));
    }
  }
}

std::vector<MetricFamily> values(Families&& families) {
  std::vector<MetricFamily> values;
  for (auto& [name, family] : families) values.push_back(std::move(family));
  return values;
}

void append(std::vector<RenderedFamily>& parts, std::vector<RenderedFamily> more) {
  std::move(more.begin(), more.end(), std::back_inserter(parts));
}

}  // namespace

const char* content_type(PageFormat format) {
  return format == PageFormat::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                           : "text/plain; version=0.0.4; charset=utf-8";
}

std::string exposition(std::span<const prometheus::Collectable* const> sources, PageFormat format,
                       std::string old) {
  std::vector<RenderedFamily> parts;
  Families collected;
  for (const auto* source : sources) {
    if (const auto* rendered = dynamic_cast<const Rendered*>(source)) {
      append(parts, rendered->rendered(format));
    } else {
      collect(*source, collected);
    }
  }
  append(parts, rendered_slowly(values(std::move(collected))));
  std::size_t bytes = 0;
  for (const RenderedFamily& part : parts) bytes += part.bytes;
  std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  Page page(format, bytes, std::move(old));
  for (const RenderedFamily& part : parts) part.write(page);
  return std::move(page).text();
}

}  // namespace telephony
