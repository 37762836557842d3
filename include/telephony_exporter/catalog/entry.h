// What a code means: one catalog entry, and the closed sets it is described with.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telephony {

enum class Category : std::uint8_t {
  capacity,
  connectivity,
  platform,
  authorization,
  caller_identity,
  policy,
  destination,
  user,
  request,
  media,
  expiry,
  provisioning,
  normal,
  unknown,
};
enum class Severity : std::uint8_t { critical, warning, info };
enum class RetryClass : std::uint8_t { never, after_fix, immediate, backoff, later };

inline constexpr std::array<std::string_view, 14> kCategoryNames = {
    "capacity", "connectivity", "platform", "authorization", "caller_identity", "policy", "destination",
    "user",     "request",      "media",    "expiry",        "provisioning",    "normal", "unknown"};
inline constexpr std::array<std::string_view, 3> kSeverityNames = {"critical", "warning", "info"};
inline constexpr std::array<std::string_view, 5> kRetryClassNames = {"never", "after_fix", "immediate",
                                                                     "backoff", "later"};

constexpr std::string_view name(Category c) { return kCategoryNames[static_cast<std::size_t>(c)]; }
constexpr std::string_view name(Severity s) { return kSeverityNames[static_cast<std::size_t>(s)]; }
constexpr std::string_view name(RetryClass r) { return kRetryClassNames[static_cast<std::size_t>(r)]; }

/// Whether and when a caller may try again. `base` and `max` are set for backoff and later.
struct Retry {
  RetryClass kind = RetryClass::never;
  std::chrono::seconds base{0};
  std::chrono::seconds max{0};
  bool operator==(const Retry&) const = default;
};

/// One meaning of one code. The entry of a family's codes that nobody lists has code and reason "unlisted".
struct Entry {
  std::string code;
  std::string numbering;  ///< whose code it is, where a space holds those of several; empty: the space's own
  std::string reason;
  std::string family;
  Category category = Category::unknown;
  Severity severity = Severity::warning;
  Retry retry;
  std::string message;  ///< the provider's words
  std::string meaning;  ///< ours
  std::string remedy;   ///< ours
  std::string source;   ///< where the provider documents it
  std::vector<std::string> aliases;
  bool preferred = false;  ///< the one meant when its code comes with an unknown text
  bool counts = true;      ///< false for what is no error at all, as SIP 200
};

inline constexpr std::string_view kUnlisted = "unlisted";
inline constexpr std::string_view kUnlistedRemedy =
    "See /api/v1/unlisted for the code, look it up at the provider, and add it to the catalog.";
inline constexpr std::string_view kUnknownFamily = "unknown";

}  // namespace telephony
