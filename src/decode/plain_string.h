// Where a string of JSON ends that has no escapes.
#pragma once

#include <bit>

#include "decode/vector.h"

namespace telephony {

/// Skips 64 bytes at once, as long as they are printable ASCII without quotes and backslashes and the
/// processor can do it.
const char* skip_plain(const char* at, const char* end);

class PlainString {
 public:
  /// The first quote, backslash or control character; `end` when there is none.
  const char* find_end(const char* at, const char* end) {
    constexpr std::ptrdiff_t kStep = sizeof(Vector), kLong = 4 * kStep;
    const char* const first = at;
    for (; end - at >= kStep; at += kStep) {
      if (at - first == kLong) {
        at = skip_plain(at, end);
        if (end - at < kStep) break;
      }
      const Vector bytes = load_vector(at);
      const std::uint64_t ends = bits((bytes == all('"')) | (bytes == all('\\')) | (bytes < all(' ')));
      seen_ |= bytes;
      if (ends != 0) return at + std::countr_zero(ends);
    }
    for (; at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= ' '; ++at) {
      seen_[0] |= static_cast<unsigned char>(*at);
    }
    return at;
  }

  /// Whether everything up to there was ASCII. It may also be false for what stands right behind it.
  bool is_ascii() const { return bits(seen_ >= all(0x80)) == 0; }

 private:
  Vector seen_{};
};

}  // namespace telephony
