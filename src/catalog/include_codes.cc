#include <algorithm>
#include <charconv>
#include <filesystem>

#include "catalog/load.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

/// What an item of `include` asks for: a path, or a path and how its codes stand in this space.
struct Inclusion {
  Node file;
  std::string numbering;
  std::uint32_t offset = 0;
  std::string family;  ///< all codes are in this family of the space; empty: in those of the file
  std::vector<CodePattern> except;  ///< codes of the file, without the offset, that stay out
};

std::uint32_t load_offset(const Node& node) {
  const std::uint64_t offset = node.number();
  if (offset > 1'000'000'000) node.fail("'" + node.text() + "' is more than 1000000000");
  return static_cast<std::uint32_t>(offset);
}

/// Each must match, so that a slip of the pen does not stay unseen.
std::vector<CodePattern> load_except(const Node& list, const CodeSpace& from) {
  std::vector<CodePattern> except;
  for (const Node& item : list.items()) {
    const auto pattern = CodePattern::parse(item.text());
    if (!pattern) item.fail("'" + item.text() + "' is no pattern; write digits and x, as in 11xx, or 32-47");
    const bool matches = std::any_of(from.entries.begin(), from.entries.end(),
                                     [&](const Entry& entry) { return pattern->matches(entry.code); });
    if (!matches) item.fail("no code of the included file is '" + item.text() + "'");
    except.push_back(*pattern);
  }
  return except;
}

Inclusion load_inclusion(const Node& node) {
  if (!node.is_map()) return {node, "", 0, "", {}};
  node.expect_keys({"file", "numbering", "offset", "family", "except"});
  Inclusion inclusion{node.at("file"), "", 0, "", {}};
  if (const auto numbering = node.find("numbering")) inclusion.numbering = numbering->slug();
  if (const auto offset = node.find("offset")) inclusion.offset = load_offset(*offset);
  if (const auto family = node.find("family")) inclusion.family = family->slug();
  return inclusion;
}

bool is_left_out(const Inclusion& inclusion, const Entry& entry) {
  return std::any_of(inclusion.except.begin(), inclusion.except.end(),
                     [&](const CodePattern& pattern) { return pattern.matches(entry.code); });
}

bool shift(std::string& code, std::uint32_t offset) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), number);
  if (error != std::errc{} || end != code.data() + code.size() || code[0] == '-') return false;
  code = std::to_string(std::uint64_t{number} + offset);
  return true;
}

void shift_entry(const Inclusion& inclusion, Entry& entry) {
  if (inclusion.offset == 0) return;
  if (!shift(entry.code, inclusion.offset)) {
    inclusion.file.fail("code '" + entry.code + "' is no number, so no offset can be added");
  }
  // An alias without letters is another spelling of the code.
  for (std::string& alias : entry.aliases) {
    if (normal_text(alias).empty()) shift(alias, inclusion.offset);
  }
}

void shift_family(const Inclusion& inclusion, Family& family) {
  if (inclusion.offset == 0 || !family.pattern) return;
  const std::string text = family.pattern->text();
  family.pattern = family.pattern->shifted(inclusion.offset);
  if (!family.pattern) {
    inclusion.file.fail("pattern '" + text + "' plus " + std::to_string(inclusion.offset) + " is no pattern");
  }
}

void check_family_is_new(const Node& file, const CodeSpace& space, const Family& family) {
  for (const Family& other : space.families) {
    if (other.name == family.name) {
      file.fail("family '" + family.name + "' is included twice; a space has each once");
    }
  }
}

}  // namespace

void include_codes(const Node& node, CodeSpace& space, const Includes& includes) {
  Inclusion inclusion = load_inclusion(node);
  const Node& file = inclusion.file;
  if (includes.depth >= kIncludeDepth) file.fail("includes lead too deep; does a file include itself?");
  const auto path = std::filesystem::path(file.file()).parent_path() / file.text();
  std::error_code unknown;  // a name too long or a directory that may not be entered is no file either
  if (!std::filesystem::is_regular_file(path, unknown)) file.fail("there is no file '" + path.string() + "'");
  const auto other = includes.files.load(path.string(), includes.depth + 1);
  if (other->spaces.size() != 1) file.fail("only a catalog with one code space can be included");
  const CodeSpace& from = other->spaces.front();
  if (node.is_map() && node.find("except")) inclusion.except = load_except(node.at("except"), from);
  for (Family family : from.families) {
    if (!inclusion.family.empty()) break;
    check_family_is_new(file, space, family);
    if (family.numbering.empty()) family.numbering = inclusion.numbering;
    shift_family(inclusion, family);
    space.families.push_back(std::move(family));
  }
  for (std::uint32_t i = 0; !from.is_unlisted(i); ++i) {
    Entry entry = from.entries[i];
    if (is_left_out(inclusion, entry)) continue;
    if (entry.numbering.empty()) entry.numbering = inclusion.numbering;
    if (!inclusion.family.empty()) entry.family = inclusion.family;
    shift_entry(inclusion, entry);
    space.entries.push_back(std::move(entry));
  }
}

void check_inclusion(const Node& node, const CodeSpace& space) {
  if (!node.is_map()) return;
  const auto name = node.find("family");
  if (!name) return;
  const bool known = std::any_of(space.families.begin(), space.families.end(),
                                 [&](const Family& family) { return family.name == name->text(); });
  if (!known) name->fail("no family '" + name->text() + "' is in this space");
}

}  // namespace telephony
