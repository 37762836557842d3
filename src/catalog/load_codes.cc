#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "catalog/load.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

Retry load_retry(const Node& node) {
  Retry retry;
  if (node.is_scalar()) {
    retry.kind = static_cast<RetryClass>(node.choice(kRetryClassNames));
    if (retry.kind == RetryClass::backoff || retry.kind == RetryClass::later) {
      node.fail("'" + node.text() + "' needs times: {class: " + node.text() + ", base: 30s, max: 10m}");
    }
    return retry;
  }
  node.expect_keys({"class", "base", "max"});
  retry.kind = static_cast<RetryClass>(node.at("class").choice(kRetryClassNames));
  if (retry.kind != RetryClass::backoff && retry.kind != RetryClass::later) {
    node.fail("only backoff and later have times; write 'retry: " + node.at("class").text() + "'");
  }
  retry.base = node.at("base").duration();
  retry.max = node.at("max").duration();
  if (retry.base.count() == 0) node.at("base").fail("must be 1s or more");
  if (retry.max < retry.base) node.at("max").fail("must not be less than base");
  return retry;
}

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

Family load_family(const Node& node, const CodeSpace& space) {
  node.expect_keys({"name", "title", "pattern", "counts", "unlisted"});
  Family family;
  family.name = node.at("name").slug();
  if (family.name == kUnknownFamily) node.at("name").fail("'unknown' is the family of codes that have none");
  family.title = node.at("title").text();
  for (const Family& other : space.families) {
    if (other.name == family.name)
      node.at("name").fail("family '" + family.name + "' is here twice; an included one counts too");
  }
  if (const auto pattern = node.find("pattern")) {
    family.pattern = CodePattern::parse(pattern->text());
    if (!family.pattern)
      pattern->fail("'" + pattern->text() + "' is no pattern; write digits and x, as in 11xx");
    for (const Family& other : space.families) {
      if (other.pattern && other.pattern->literals() == family.pattern->literals() &&
          other.pattern->overlaps(*family.pattern)) {
        pattern->fail("pattern '" + pattern->text() + "' overlaps '" + other.pattern->text() +
                      "' of family '" + other.name +
                      "' and has as many digits; a code falls into one family");
      }
    }
  }
  Entry& entry = family.unlisted;
  entry.code = kUnlisted;
  entry.reason = kUnlisted;
  entry.family = family.name;
  if (const auto counts = node.find("counts")) entry.counts = counts->boolean();
  const Node defaults = node.at("unlisted");
  defaults.expect_keys({"category", "severity", "retry"});
  entry.category = static_cast<Category>(defaults.at("category").choice(kCategoryNames));
  entry.severity = static_cast<Severity>(defaults.at("severity").choice(kSeverityNames));
  entry.retry = load_retry(defaults.at("retry"));
  entry.message = "A code that the catalog does not list: " + family.title;
  entry.meaning = "The provider sent a code of this family that this catalog does not know.";
  entry.remedy = kUnlistedRemedy;
  return family;
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
    if (other.pattern && other.pattern->matches(code)) {
      node.fail("code '" + code + "' falls into family '" + other.name + "' by its pattern '" +
                other.pattern->text() + "', not into '" + family.name + "'");
    }
  }
}

Entry load_entry(const Node& node, const CodeSpace& space, const std::string& source) {
  node.expect_keys({"code", "reason", "family", "category", "severity", "retry", "message", "meaning",
                    "remedy", "source", "default", "aliases"});
  Entry entry;
  entry.code = load_code(node.at("code"));
  entry.reason = node.at("reason").slug();
  if (entry.reason == kUnlisted)
    node.at("reason").fail("'unlisted' is the reason of codes that are not listed");
  const Family& family = load_family_of(node.at("family"), space);
  check_family_fits(node.at("family"), space, family, entry.code);
  entry.family = family.name;
  entry.counts = family.unlisted.counts;
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
  std::map<std::string_view, std::vector<std::size_t>> by_code;
  for (std::size_t i = 0; i < space.entries.size(); ++i) by_code[space.entries[i].code].push_back(i);
  const std::vector<Node> nodes = codes.items();
  for (const auto& [code, positions] : by_code) {
    if (positions.size() == 1) continue;
    const std::string quoted = "code '" + std::string(code) + "'";
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
  std::set<std::string_view> known;
  for (const Entry& entry : space.entries) known.insert(entry.code);
  const std::vector<Node> nodes = codes.items();
  for (std::size_t i = 0; i < space.entries.size(); ++i) {
    for (const std::string& alias : space.entries[i].aliases) {
      if (!normal_text(alias).empty() || known.insert(alias).second) continue;
      (i >= first ? nodes[i - first] : codes).fail("alias '" + alias + "' is the code of another entry");
    }
  }
}

void include(const Node& file, CodeSpace& space, int depth) {
  if (depth >= kIncludeDepth) file.fail("includes lead too deep; does a file include itself?");
  const auto path = std::filesystem::path(file.file()).parent_path() / file.text();
  std::error_code unknown;  // a name too long or a directory that may not be entered is no file either
  if (!std::filesystem::is_regular_file(path, unknown)) file.fail("there is no file '" + path.string() + "'");
  const Catalog other = load_catalog(Node::load(path.string()), depth + 1);
  if (other.spaces.size() != 1) file.fail("only a catalog with one code space can be included");
  const CodeSpace& from = other.spaces.front();
  space.families.insert(space.families.end(), from.families.begin(), from.families.end());
  for (std::uint32_t i = 0; !from.is_unlisted(i); ++i) space.entries.push_back(from.entries[i]);
}

CodeSpace load_code_space(const Node& node, int depth) {
  node.expect_keys({"name", "title", "products", "source", "include", "families", "codes"});
  CodeSpace space;
  space.name = node.at("name").slug();
  space.title = node.at("title").text();
  for (const Node& product : node.at("products").items()) space.products.push_back(product.slug());
  if (const auto files = node.find("include")) {
    for (const Node& file : files->items()) include(file, space, depth);
  }
  for (const Node& family : node.at("families").items()) space.families.push_back(load_family(family, space));
  const auto source = node.find("source");
  const std::size_t first = space.entries.size();
  for (const Node& code : node.at("codes").items()) {
    space.entries.push_back(load_entry(code, space, source ? source->text() : ""));
  }
  if (space.entries.empty()) node.at("codes").fail("lists no code; a code space needs at least one");
  check_same_codes(node.at("codes"), space, first);
  check_aliases(node.at("codes"), space, first);
  space.build();
  return space;
}

}  // namespace

std::deque<CodeSpace> load_code_spaces(const Node& list, int depth) {
  std::deque<CodeSpace> spaces;
  for (const Node& item : list.items()) {
    CodeSpace space = load_code_space(item, depth);
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
