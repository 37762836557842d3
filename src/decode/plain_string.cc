#include "decode/plain_string.h"

namespace telephony {

#if defined(__x86_64__)
namespace {

/// As signed numbers, bytes beyond ASCII are below the space, too.
[[gnu::target("avx2")]] __m256i plain(__m256i bytes) {
  const __m256i ends = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')),
                                       _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
  return _mm256_andnot_si256(ends, _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(' ' - 1)));
}

[[gnu::target("avx2")]] const char* skip_plain_avx2(const char* at, const char* end) {
  for (; end - at >= 64; at += 64) {
    const auto* const bytes = reinterpret_cast<const __m256i*>(at);
    const __m256i both =
        _mm256_and_si256(plain(_mm256_loadu_si256(bytes)), plain(_mm256_loadu_si256(bytes + 1)));
    if (_mm256_movemask_epi8(both) != -1) break;
  }
  return at;
}

}  // namespace
#endif

const char* skip_plain(const char* at, [[maybe_unused]] const char* end) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (has_avx2) return skip_plain_avx2(at, end);
#endif
  return at;
}

}  // namespace telephony
