#include "telephony_exporter/explain/explain.h"

#include <algorithm>

#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/classify/classify.h"
#include "telephony_exporter/decode/line.h"

namespace telephony {
namespace {

using Found = std::vector<Meaning>;

bool has_digit(std::string_view text) { return text.find_first_of("0123456789") != text.npos; }

void add(Found& found, const Catalog& catalog, const CodeSpace& space,
         std::span<const std::uint32_t> entries) {
  for (const std::uint32_t i : entries) {
    const Entry* entry = &space.entries[i];
    const bool known =
        std::any_of(found.begin(), found.end(), [&](const Meaning& m) { return m.entry == entry; });
    if (!known) found.push_back({&catalog, &space, entry, {}});
  }
}

/// A whole log line, read as a source would read it.
void add_line(Found& found, const Catalog& catalog, const CodeSpace& space, std::string_view query) {
  const auto match = match_line(catalog.reading.lines, query);
  if (!match) return;
  Event event;
  event.code = match->code;
  event.text = match->text;
  std::string scratch;
  const auto meaning = classify(event, space, scratch);
  if (!meaning) return;
  if (!space.is_unlisted(meaning->entry)) return add(found, catalog, space, {&meaning->entry, 1});
  if (meaning->entry + 1 < space.entries.size()) {
    found.push_back({&catalog, &space, &space.entries[meaning->entry], match->code});
  }
}

void add_family(Found& found, const Catalog& catalog, const CodeSpace& space, std::string_view query) {
  const std::uint32_t entry = space.unlisted(query);
  const bool in_a_family = entry + 1 < space.entries.size();
  if (in_a_family) found.push_back({&catalog, &space, &space.entries[entry], query});
}

/// The entries whose message holds every word of the query.
void add_words(Found& found, const Catalog& catalog, const CodeSpace& space, const std::string& normal) {
  for (std::uint32_t i = 0; i < space.entries.size() && !normal.empty(); ++i) {
    const std::string message = ' ' + normal_text(space.entries[i].message + ' ' + space.entries[i].reason);
    bool all = !space.is_unlisted(i);
    for (std::size_t at = 0; all && at < normal.size();) {
      const std::size_t end = std::min(normal.find(' ', at), normal.size());
      all = message.find(' ' + normal.substr(at, end - at)) != message.npos;
      at = end + 1;
    }
    if (all) add(found, catalog, space, {&i, 1});
  }
}

/// The codes that stand among the words of the query.
void add_codes(Found& found, const Catalog& catalog, const CodeSpace& space, std::string_view query) {
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t end = std::min(query.find_first_of(" ,;:=\"'()[]", at), query.size());
    const std::string_view word = query.substr(at, end - at);
    if (has_digit(word)) add(found, catalog, space, space.with_code(word));
    at = end + 1;
  }
}

}  // namespace

std::vector<Meaning> explain(std::span<const Catalog* const> catalogs, std::string_view query,
                             std::optional<std::string_view> provider) {
  query = trimmed(query);
  const std::string normal = normal_text(query);
  Found found;
  if (query.empty()) return found;
  const auto each_space = [&](auto&& look) {
    if (!found.empty()) return;
    for (const Catalog* catalog : catalogs) {
      if (provider && catalog->provider != *provider) continue;
      for (const CodeSpace& space : catalog->spaces) look(*catalog, space);
    }
  };
  each_space([&](const Catalog& c, const CodeSpace& s) { add(found, c, s, s.with_code(query)); });
  each_space([&](const Catalog& c, const CodeSpace& s) { add_line(found, c, s, query); });
  each_space([&](const Catalog& c, const CodeSpace& s) { add(found, c, s, s.with_text(normal)); });
  each_space([&](const Catalog& c, const CodeSpace& s) { add_family(found, c, s, query); });
  each_space([&](const Catalog& c, const CodeSpace& s) { add_codes(found, c, s, query); });
  // Words without their number would find what the query does not mean.
  if (has_digit(query)) return found;
  each_space([&](const Catalog& c, const CodeSpace& s) { add_words(found, c, s, normal); });
  return found;
}

std::vector<Meaning> all_meanings(std::span<const Catalog* const> catalogs) {
  Found found;
  for (const Catalog* catalog : catalogs) {
    for (const CodeSpace& space : catalog->spaces) {
      for (std::uint32_t i = 0; !space.is_unlisted(i); ++i) {
        found.push_back({catalog, &space, &space.entries[i], {}});
      }
    }
  }
  return found;
}

}  // namespace telephony
