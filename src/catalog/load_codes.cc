#include <algorithm>
#include <map>
#include <set>

#include "catalog/load.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

std::string load_code(const Node& node) {
  std::string code = node.text();
  const bool printable = std::all_of(code.begin(), code.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!printable || code.size() > limits::kCodeBytes) {
    node.fail("'" + code + "' is no code; use up to " + std::to_string(limits::kCodeBytes) +
              " printable characters without spaces");
  }
  if (code == kUnlisted) node.fail("'unlisted' is what codes that are not listed count as");
  return code;
}

const Family& load_family_of(const Node& node, const CodeSpace& space) {
  std::vector<std::string_view> names;
  for (const Family& family : space.families) names.push_back(family.name);
  return space.families[node.choice(names)];
}

/// A code that falls into families by their patterns must be in one of those.
void check_family_fits(const Node& node, const CodeSpace& space, const Family& family,
                       const std::string& code) {
  if (family.pattern && family.pattern->matches(code)) return;
  for (const Family& other : space.families) {
    if (other.pattern && other.numbering == family.numbering && other.pattern->matches(code)) {
      node.fail("code '" + code + "' falls into family '" + other.name + "' by its pattern '" +
                other.pattern->text() + "', not into '" + family.name + "'");
    }
  }
}

Entry load_entry(const Node& node, const CodeSpace& space, const std::string& source) {
  node.expect_keys({"code", "reason", "family", "category", "severity", "retry", "message", "meaning",
                    "remedy", "source", "default", "counts", "aliases"});
  Entry entry;
  entry.code = load_code(node.at("code"));
  entry.reason = node.at("reason").slug();
  if (entry.reason == kUnlisted)
    node.at("reason").fail("'unlisted' is the reason of codes that are not listed");
  const Family& family = load_family_of(node.at("family"), space);
  check_family_fits(node.at("family"), space, family, entry.code);
  entry.family = family.name;
  entry.numbering = family.numbering;
  entry.counts = family.unlisted.counts;
  if (const auto counts = node.find("counts")) entry.counts = counts->boolean();
  entry.category = static_cast<Category>(node.at("category").choice(kCategoryNames));
  entry.severity = static_cast<Severity>(node.at("severity").choice(kSeverityNames));
  entry.retry = load_retry(node.at("retry"));
  entry.message = node.at("message").text();
  entry.meaning = node.at("meaning").text();
  entry.remedy = node.at("remedy").text();
  entry.source = source;
  if (const auto own = node.find("source")) entry.source = own->text();
  if (entry.source.empty()) node.fail("key 'source' is missing, here and in the code space");
  if (const auto preferred = node.find("default")) entry.preferred = preferred->boolean();
  if (const auto aliases = node.find("aliases")) entry.aliases = aliases->texts();
  return entry;
}

/// A code may have several entries only if their texts tell them apart and one of them is the default.
void check_same_codes(const Node& codes, const CodeSpace& space, std::size_t first) {
  std::map<std::pair<std::string_view, std::string_view>, std::vector<std::size_t>> by_code;
  for (std::size_t i = 0; i < space.entries.size(); ++i) {
    by_code[{space.entries[i].numbering, space.entries[i].code}].push_back(i);
  }
  const std::vector<Node> nodes = codes.items();
  for (const auto& [code, positions] : by_code) {
    if (positions.size() == 1) continue;
    const std::string quoted = "code '" + std::string(code.second) + "'";
    const auto node = [&](std::size_t position) {
      return position >= first ? nodes[position - first] : codes;
    };
    std::size_t preferred = 0;
    for (std::size_t a = 0; a < positions.size(); ++a) {
      const Entry& one = space.entries[positions[a]];
      preferred += one.preferred ? 1 : 0;
      for (std::size_t b = 0; b < a; ++b) {
        const Entry& two = space.entries[positions[b]];
        if (one.reason == two.reason) {
          node(positions[a])
              .fail(quoted + " is here twice with reason '" + one.reason +
                    "'; remove one of them, or give each meaning a reason of its own");
        }
        if (normal_text(one.message) == normal_text(two.message)) {
          node(positions[a])
              .fail(quoted + " is here twice with message '" + one.message +
                    "'; only different words can tell its meanings apart");
        }
      }
    }
    if (preferred != 1) {
      node(positions.back())
          .fail(quoted + " has " + std::to_string(positions.size()) + " entries, of which " +
                std::to_string(preferred) + " say 'default: true'; exactly one must");
    }
  }
}

/// An alias without letters is another spelling of a code, so it must be nobody else's.
void check_aliases(const Node& codes, const CodeSpace& space, std::size_t first) {
  std::set<std::pair<std::string_view, std::string_view>> known;
  for (const Entry& entry : space.entries) known.insert({entry.numbering, entry.code});
  const std::vector<Node> nodes = codes.items();
  for (std::size_t i = 0; i < space.entries.size(); ++i) {
    const Entry& entry = space.entries[i];
    for (const std::string& alias : entry.aliases) {
      if (!normal_text(alias).empty() || known.insert({entry.numbering, alias}).second) continue;
      (i >= first ? nodes[i - first] : codes).fail("alias '" + alias + "' is the code of another entry");
    }
  }
}

/// A code and a reason name a counter, so two numberings may share the one or the other only.
void check_series(const Node& codes, const CodeSpace& space) {
  std::map<std::pair<std::string_view, std::string_view>, std::string_view> known;
  for (const Entry& entry : space.entries) {
    const auto [found, added] = known.try_emplace({entry.code, entry.reason}, entry.numbering);
    if (!added && found->second != entry.numbering) {
      codes.fail("code '" + entry.code + "' with reason '" + entry.reason +
                 "' is in two numberings of this space, and could not be told apart");
    }
  }
}

CodeSpace load_code_space(const Node& node, const Includes& includes) {
  node.expect_keys({"name", "title", "products", "source", "include", "families", "codes"});
  CodeSpace space;
  space.name = node.at("name").slug();
  space.title = node.at("title").text();
  for (const Node& product : node.at("products").items()) space.products.push_back(product.slug());
  if (const auto files = node.find("include")) {
    for (const Node& file : files->items()) include_codes(file, space, includes);
  }
  for (const Node& family : node.at("families").items()) space.families.push_back(load_family(family, space));
  if (const auto files = node.find("include")) {
    for (const Node& file : files->items()) check_inclusion(file, space);
  }
  const auto source = node.find("source");
  const std::size_t first = space.entries.size();
  for (const Node& code : node.at("codes").items()) {
    space.entries.push_back(load_entry(code, space, source ? source->text() : ""));
  }
  if (space.entries.empty()) node.at("codes").fail("lists no code; a code space needs at least one");
  check_same_codes(node.at("codes"), space, first);
  check_aliases(node.at("codes"), space, first);
  check_series(node.at("codes"), space);
  resolve_likes(node.at("families"), space);
  space.build();
  return space;
}

}  // namespace

std::deque<CodeSpace> load_code_spaces(const Node& list, const Includes& includes) {
  std::deque<CodeSpace> spaces;
  for (const Node& item : list.items()) {
    CodeSpace space = load_code_space(item, includes);
    for (const CodeSpace& other : spaces) {
      if (other.name == space.name) item.at("name").fail("code space '" + space.name + "' is here twice");
      for (const std::string& product : space.products) {
        if (other.serves(product)) {
          item.at("products")
              .fail("product '" + product + "' already uses code space '" + other.name +
                    "'; a product uses one");
        }
      }
    }
    spaces.push_back(std::move(space));
  }
  if (spaces.empty()) list.fail("lists no code space; a catalog needs at least one");
  return spaces;
}

}  // namespace telephony
