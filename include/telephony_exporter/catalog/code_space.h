// The codes of one space (a provider's voice codes, its SMS codes, ...), looked up by code, family or text.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "telephony_exporter/catalog/code_pattern.h"
#include "telephony_exporter/catalog/entry.h"

namespace telephony {

struct Family {
  std::string name;
  std::string title;
  std::string numbering;  ///< as that of its entries
  std::optional<CodePattern> pattern;
  Entry unlisted;  ///< what a code of this family counts as when it has no entry
};

/// Immutable once built. Positions of entries are stable; those of the families' unlisted entries follow
/// the listed ones, and the last is that of family "unknown".
class CodeSpace {
 public:
  std::string name;
  std::string title;
  std::vector<std::string> products;
  std::vector<Family> families;
  std::vector<Entry> entries;

  /// Call once, after the fields above are final: adds the unlisted entries and builds the lookups.
  void build();

  /// The entries of a code (or of an alias of it), in the file's order; empty when it is not listed.
  std::span<const std::uint32_t> with_code(std::string_view code, std::string_view numbering = {}) const;
  /// The entries whose message or alias has this normal text, in the file's order.
  std::span<const std::uint32_t> with_text(std::string_view normal, std::string_view numbering = {}) const;
  /// Where a code that is not listed counts: its most specific family's, or the unknown family's entry.
  std::uint32_t unlisted(std::string_view code, std::string_view numbering = {}) const;
  /// The normal texts of one entry: its message and its aliases.
  std::span<const std::string> texts(std::uint32_t entry) const { return texts_[entry]; }

  /// Which build() of the program made it, from 1: addresses are used again after a reload, numbers are not.
  std::uint64_t number() const { return number_; }

  bool is_unlisted(std::uint32_t entry) const { return entry >= listed_; }
  bool serves(std::string_view product) const;
  bool has_numbering(std::string_view numbering) const { return find(numbering) != nullptr; }
  /// The names of all numberings: the space's own, which is empty, and the others in the file's order.
  std::vector<std::string_view> numberings() const;
  /// The position in that list: where several codes of one event stand side by side, the first one wins.
  std::size_t rank(std::string_view numbering) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  using Lookup = std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>>;

  struct Numbering {
    std::string name;
    Lookup by_code;
    Lookup by_text;
  };
  const Numbering* find(std::string_view numbering) const;
  Numbering& numbering_of(const Entry& entry);

  std::vector<Numbering> numberings_ = std::vector<Numbering>(1);
  std::vector<std::vector<std::string>> texts_;
  std::uint32_t listed_ = 0;
  std::uint64_t number_ = 0;
};

}  // namespace telephony
