#include <nlohmann/json.hpp>

#include "telephony_exporter/explain/explain.h"

namespace telephony {
namespace {

constexpr std::size_t kColumns = 96;
constexpr std::size_t kIndent = 12;

/// "45s", "10m", "4h": the largest unit that divides the time.
std::string short_duration(std::chrono::seconds time) {
  const auto seconds = time.count();
  if (seconds % 3600 == 0) return std::to_string(seconds / 3600) + 'h';
  if (seconds % 60 == 0) return std::to_string(seconds / 60) + 'm';
  return std::to_string(seconds) + 's';
}

std::string retry_text(const Retry& retry) {
  std::string text(name(retry.kind));
  if (retry.base.count() == 0) return text;
  const char* between = retry.kind == RetryClass::backoff ? " growing to " : " to ";
  return text + ", wait " + short_duration(retry.base) + between + short_duration(retry.max);
}

void field(std::string& out, std::string_view label, std::string_view value) {
  if (value.empty()) return;
  out += "  ";
  out += label;
  out.append(kIndent - 2 - label.size(), ' ');
  std::size_t column = kIndent;
  while (!value.empty()) {
    const std::size_t end = std::min(value.find(' '), value.size());
    if (column > kIndent && column + end > kColumns) {
      out.back() = '\n';
      out.append(kIndent, ' ');
      column = kIndent;
    }
    out += value.substr(0, end);
    out += ' ';
    column += end + 1;
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  out.back() = '\n';
}

std::string products_text(const CodeSpace& space) {
  std::string text;
  for (const std::string& product : space.products) text += (text.empty() ? "" : ", ") + product;
  return text.empty() ? "none: replies of the API, never events" : text;
}

std::string_view shown_code(const Meaning& m) {
  return m.code.empty() ? std::string_view(m.entry->code) : m.code;
}

}  // namespace

std::string to_text(const Meaning& m) {
  const Entry& e = *m.entry;
  std::string out = m.catalog->provider + ' ' + std::string(shown_code(m)) + "  " + e.reason + '\n';
  field(out, "message", e.message);
  field(out, "family", e.family);
  field(out, "category", name(e.category));
  field(out, "severity", e.counts ? name(e.severity) : "none: this is no error and is not counted");
  field(out, "retry", retry_text(e.retry));
  field(out, "meaning", e.meaning);
  field(out, "remedy", e.remedy);
  field(out, "products", products_text(*m.space));
  field(out, "source", e.source);
  return out;
}

nlohmann::json to_json(const Meaning& m) {
  const Entry& e = *m.entry;
  nlohmann::json json = {{"provider", m.catalog->provider},
                         {"products", m.space->products},
                         {"code", shown_code(m)},
                         {"reason", e.reason},
                         {"family", e.family},
                         {"category", name(e.category)},
                         {"severity", name(e.severity)},
                         {"retry", name(e.retry.kind)},
                         {"message", e.message},
                         {"meaning", e.meaning},
                         {"remedy", e.remedy},
                         {"source", e.source}};
  if (e.retry.base.count() > 0) {
    json["retry_base_seconds"] = e.retry.base.count();
    json["retry_max_seconds"] = e.retry.max.count();
  }
  return json;
}

}  // namespace telephony
