#include "telephony_exporter/explain/explain.h"

#include <algorithm>

#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/classify/classify.h"
#include "telephony_exporter/decode/line.h"
#include "telephony_exporter/decode/reason_header.h"

namespace telephony {
namespace {

/// What is found, and where it is looked for.
struct Found : std::vector<Meaning> {
  std::vector<const Catalog*> catalogs;
};

/// A dictionary that several catalogs include is told by its own catalog, if that is among those asked.
Meaning as_told_by_its_own(const Found& found, const Meaning& meaning) {
  const Entry& entry = *meaning.entry;
  if (entry.numbering.empty()) return meaning;
  for (const Catalog* catalog : found.catalogs) {
    for (const CodeSpace& space : catalog->spaces) {
      for (const std::uint32_t i : space.with_code(entry.code)) {
        const Entry& own = space.entries[i];
        if (own.reason == entry.reason && own.meaning == entry.meaning) return {catalog, &space, &own, {}};
      }
    }
  }
  return meaning;
}

bool is_family_of_its_own(const Found& found, std::string_view family) {
  for (const Catalog* catalog : found.catalogs) {
    for (const CodeSpace& space : catalog->spaces) {
      for (const Family& each : space.families) {
        if (each.name == family && each.numbering.empty()) return true;
      }
    }
  }
  return false;
}

bool has_digit(std::string_view text) { return text.find_first_of("0123456789") != text.npos; }

void add(Found& found, const Catalog& catalog, const CodeSpace& space,
         std::span<const std::uint32_t> entries) {
  for (const std::uint32_t i : entries) {
    const Meaning meaning = as_told_by_its_own(found, {&catalog, &space, &space.entries[i], {}});
    const bool known =
        std::any_of(found.begin(), found.end(), [&](const Meaning& m) { return m.entry == meaning.entry; });
    if (!known) found.push_back(meaning);
  }
}

/// What an event means, were it to come from a source of this space.
void add_event(Found& found, const Catalog& catalog, const CodeSpace& space, const Event& event) {
  std::string scratch;
  const auto meaning = look_up(event, space, scratch);
  if (!meaning) return;
  if (!space.is_unlisted(meaning->entry)) return add(found, catalog, space, {&meaning->entry, 1});
  const Entry& entry = space.entries[meaning->entry];
  const bool told = !event.numbering.empty() && is_family_of_its_own(found, entry.family);
  if (!told && meaning->entry + 1 < space.entries.size()) {
    found.push_back({&catalog, &space, &entry, std::string(event.code)});
  }
}

/// A whole log line, read as a source would read it.
void add_line(Found& found, const Catalog& catalog, const CodeSpace& space, std::string_view query) {
  const auto match = match_line(catalog.reading.lines, query);
  if (!match) return;
  Event event;
  event.code = match->code;
  event.text = match->text;
  event.numbering = match->numbering;
  std::optional<ChosenReason> reason;
  if (!match->reason.empty()) reason = choose_reason(match->reason, catalog.reading.reason_protocols);
  if (reason) {
    event.code = reason->value.cause;
    event.text = reason->value.text;
    event.numbering = reason->numbering;
  }
  add_event(found, catalog, space, event);
}

/// The value of a Reason header by every catalog that names its protocol.
void add_reason(Found& found, const Catalog& catalog, const CodeSpace& space, const ReasonValue& value) {
  const auto& protocols = catalog.reading.reason_protocols;
  const ReasonProtocol* protocol = protocols.empty() ? nullptr : protocol_of(value, protocols);
  if (protocol == nullptr || protocol->name == "*" || value.cause.empty()) return;
  Event event;
  event.code = value.cause;
  event.text = value.text;
  event.numbering = protocol->numbering;
  add_event(found, catalog, space, event);
}

std::vector<ReasonValue> reason_of(std::string_view query) {
  constexpr std::string_view kName = "Reason:";
  if (equal_ignoring_case(query.substr(0, kName.size()), kName)) query.remove_prefix(kName.size());
  return query.find(';') == query.npos ? std::vector<ReasonValue>{} : parse_reason(query);
}

void add_family(Found& found, const Catalog& catalog, const CodeSpace& space, std::string_view query) {
  for (const std::string_view numbering : space.numberings()) {
    const std::uint32_t entry = space.unlisted(query, numbering);
    const bool in_a_family = entry + 1 < space.entries.size();
    if (!numbering.empty() && is_family_of_its_own(found, space.entries[entry].family)) continue;
    if (in_a_family) found.push_back({&catalog, &space, &space.entries[entry], std::string(query)});
  }
}

void add_code(Found& found, const Catalog& catalog, const CodeSpace& space, std::string_view code) {
  for (const std::string_view numbering : space.numberings()) {
    add(found, catalog, space, space.with_code(code, numbering));
  }
}

void add_text(Found& found, const Catalog& catalog, const CodeSpace& space, const std::string& normal) {
  for (const std::string_view numbering : space.numberings()) {
    add(found, catalog, space, space.with_text(normal, numbering));
  }
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
    if (has_digit(word)) add_code(found, catalog, space, word);
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
  for (const Catalog* catalog : catalogs) {
    if (!provider || catalog->provider == *provider) found.catalogs.push_back(catalog);
  }
  const auto all_spaces = [&](auto&& look) {
    for (const Catalog* catalog : found.catalogs) {
      for (const CodeSpace& space : catalog->spaces) look(*catalog, space);
    }
  };
  const auto each_space = [&](auto&& look) {
    if (found.empty()) all_spaces(look);
  };
  each_space([&](const Catalog& c, const CodeSpace& s) { add_code(found, c, s, query); });
  for (const ReasonValue& value : found.empty() ? reason_of(query) : std::vector<ReasonValue>{}) {
    all_spaces([&](const Catalog& c, const CodeSpace& s) { add_reason(found, c, s, value); });
  }
  each_space([&](const Catalog& c, const CodeSpace& s) { add_line(found, c, s, query); });
  each_space([&](const Catalog& c, const CodeSpace& s) { add_text(found, c, s, normal); });
  each_space([&](const Catalog& c, const CodeSpace& s) { add_family(found, c, s, query); });
  each_space([&](const Catalog& c, const CodeSpace& s) { add_codes(found, c, s, query); });
  // Words without their number would find what the query does not mean.
  if (has_digit(query)) return found;
  each_space([&](const Catalog& c, const CodeSpace& s) { add_words(found, c, s, normal); });
  return found;
}

std::vector<Meaning> all_meanings(std::span<const Catalog* const> catalogs) {
  std::vector<Meaning> found;
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
