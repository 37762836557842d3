#include "decode/known_lines.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "decode/equal_bytes.h"
#include "decode/vector.h"

namespace telephony {
namespace {

std::uint64_t eight_bytes(const char* at) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

/// Only one line tells it, or its words stand where the next line's will.
bool is_its_own(const LineMatch& match) {
  return !match.id.empty() || !match.account.empty() || !match.reason.empty();
}

/// Good enough for a table whose texts are compared: those of a size with the same beginning and end are few.
/// Never 0.
std::uint32_t hash_of(std::string_view text) {
  constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15U;
  std::uint64_t edges = 0;
  if (text.size() < sizeof edges) {
    for (const char c : text) edges = edges << 8U | static_cast<unsigned char>(c);
  } else {
    const std::uint64_t last = eight_bytes(text.data() + text.size() - sizeof last);
    edges = eight_bytes(text.data()) * kMultiplier ^ std::rotl(last, 31);
  }
  return static_cast<std::uint32_t>((edges + text.size()) * kMultiplier >> 32U) | 1U;
}

/// Four bits for each number that is equal. Which one is can't be foretold, so no branch asks.
template <std::size_t kCount>
std::uint64_t equal_numbers(const std::array<std::uint32_t, kCount>& numbers, std::uint32_t number) {
  using Four = std::uint32_t __attribute__((vector_size(16)));
  std::uint64_t equal = 0;
  for (std::size_t i = 0; i < kCount; i += 4) {
    const auto four = reinterpret_cast<Four>(load_vector(&numbers[i]));
    equal |= bits(reinterpret_cast<Vector>(four == number)) << 4 * i;
  }
  return equal;
}

bool same(const Stand& a, const Stand& b) {
  return a.rest.size() == b.rest.size() && a.patterns.data() == b.patterns.data() &&
         a.patterns.size() == b.patterns.size() && a.quote == b.quote &&
         (a.rest.empty() || equal_bytes(a.rest.data(), b.rest.data(), a.rest.size()));
}

}  // namespace

const KnownLines::Known* KnownLines::find(const Source& source, const Stand& stand) const {
  if (sets_.empty() || stand.rest.size() > Known::kMostBytes) return nullptr;
  const std::uint32_t hash = hash_of(stand.rest);
  const std::size_t set = hash / 2 % kSets;
  for (std::uint64_t ways = equal_numbers(sets_[set].hashes, hash); ways != 0;) {
    const auto way = static_cast<std::size_t>(std::countr_zero(ways)) / 4;
    ways &= ~(std::uint64_t{0xf} << 4 * way);
    const Known& known = known_[set * kWays + way];
    if (known.space == source.space->number() && same(known.stand(), stand)) return &known;
  }
  return nullptr;
}

void KnownLines::keep(const Source& source, const Stand& stand, const LineMatch& match,
                      RuleScratch& scratch) {
  if (stand.rest.size() > Known::kMostBytes || is_its_own(match)) return;
  if (!known_) known_ = std::make_unique_for_overwrite<Known[]>(kSets * kWays);
  records_.resize(kSets * kWays);
  sets_.resize(kSets);
  const std::uint32_t hash = hash_of(stand.rest);
  const std::size_t set = hash / 2 % kSets;
  auto& hashes = sets_[set].hashes;
  ++kept_;
  const auto free = static_cast<std::size_t>(std::find(hashes.begin(), hashes.end(), 0U) - hashes.begin());
  const std::size_t way = free < kWays ? free : kept_ % kWays;
  Known& known = known_[set * kWays + way];
  std::unique_ptr<Record>& record = records_[set * kWays + way];
  if (!record) record = std::make_unique<Record>();
  hashes[way] = 0;  // until all of it is there
  known.alike = kept_;
  known.space = source.space->number();
  known.pattern = stand.patterns.data();
  known.patterns = static_cast<std::uint32_t>(stand.patterns.size());
  known.quote = stand.quote;
  known.size = static_cast<std::uint8_t>(stand.rest.size());
  std::copy(stand.rest.begin(), stand.rest.end(), known.text.begin());
  *record = line_event(*match_stand(known.stand()), source, scratch);
  std::get<Event>(*record).alike = kept_;
  hashes[way] = hash;
}

}  // namespace telephony
