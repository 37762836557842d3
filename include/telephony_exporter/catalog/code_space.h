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

#include "telephony_exporter/catalog/entry.h"

namespace telephony {

/// A pattern in the providers' notation: digits and a leading "-" stand for themselves, "x" for any digit.
class CodePattern {
 public:
  /// Nullopt when the text is no pattern.
  static std::optional<CodePattern> parse(std::string_view text);

  bool matches(std::string_view code) const;
  std::size_t literals() const { return literals_; }  ///< how specific it is
  bool overlaps(const CodePattern& other) const;      ///< some code matches both
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::size_t literals_ = 0;
};

struct Family {
  std::string name;
  std::string title;
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
  std::span<const std::uint32_t> with_code(std::string_view code) const;
  /// The entries whose message or alias has this normal text, in the file's order.
  std::span<const std::uint32_t> with_text(std::string_view normal) const;
  /// Where a code that is not listed counts: its most specific family's, or the unknown family's entry.
  std::uint32_t unlisted(std::string_view code) const;
  /// The normal texts of one entry: its message and its aliases.
  std::span<const std::string> texts(std::uint32_t entry) const { return texts_[entry]; }

  bool is_unlisted(std::uint32_t entry) const { return entry >= listed_; }
  bool serves(std::string_view product) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  using Lookup = std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>>;

  Lookup by_code_;
  Lookup by_text_;
  std::vector<std::vector<std::string>> texts_;
  std::uint32_t listed_ = 0;
};

}  // namespace telephony
