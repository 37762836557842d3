// Which codes belong together, in the notation of the providers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telephony {

/// A pattern in the providers' notation: digits and a leading "-" stand for themselves, "x" for any digit; or
/// a range of numbers, as in "32-47".
class CodePattern {
 public:
  /// Nullopt when the text is no pattern.
  static std::optional<CodePattern> parse(std::string_view text);

  /// The pattern of the same codes with `offset` added; nullopt when it is none, as for "4xx" and 31500.
  std::optional<CodePattern> shifted(std::uint32_t offset) const;

  bool matches(std::string_view code) const;
  std::size_t literals() const { return literals_; }  ///< how specific it is
  bool overlaps(const CodePattern& other) const;      ///< some code matches both
  const std::string& text() const { return text_; }

 private:
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };

  std::string text_;
  std::size_t literals_ = 0;
  std::optional<Range> range_;
};

}  // namespace telephony
