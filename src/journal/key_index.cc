#include "journal/key_index.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace telephony {
namespace {

// So many segments stand in pieces of eight, each mapped for itself. There are enough then that a page of
// 2 MB is a small part of all.
constexpr std::size_t kSmallSegments = 640;
constexpr std::size_t kSmallPiece = 8;
constexpr std::size_t kLargePiece = 128;
/// With each split so many segments move to large pages, until all are there.
constexpr std::size_t kMovedAtOnce = 2;
static_assert(kSmallPiece % kMovedAtOnce == 0 && kSmallSegments % kSmallPiece == 0);
/// With so many segments left the next piece is made ready; at 150,000 keys a second they last 0.05 s at
/// least.
constexpr std::size_t kNearlyUsedUp = 16;

/// The lowest of some slots.
std::size_t first(std::uint32_t slots) { return static_cast<std::size_t>(std::countr_zero(slots)); }

}  // namespace

std::uint32_t KeyIndex::Bucket::matching(std::uint16_t bits, std::uint16_t value) const {
#if defined(__x86_64__)
  // Sixteen at once: the last ones are no tags, and no slots.
  static_assert(offsetof(Bucket, tags) == 0 && kSlots <= 16);
  const auto* const lanes = reinterpret_cast<const __m128i*>(this);
  const __m128i mask = _mm_set1_epi16(static_cast<short>(bits));
  const __m128i wanted = _mm_set1_epi16(static_cast<short>(value));
  const __m128i low = _mm_cmpeq_epi16(_mm_and_si128(_mm_load_si128(lanes), mask), wanted);
  const __m128i high = _mm_cmpeq_epi16(_mm_and_si128(_mm_load_si128(lanes + 1), mask), wanted);
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high))) & taken;
#else
  std::uint32_t slots = 0;
  for (std::size_t i = 0; i < kSlots; ++i) slots |= std::uint32_t{(tags[i] & bits) == value} << i;
  return slots & taken;
#endif
}

std::uint32_t KeyIndex::Bucket::keep(std::uint32_t slots) {
  taken = slots;
  away = 0;
  passed = 0;
  return static_cast<std::uint32_t>(std::popcount(slots));
}

/// With x and y from 0 to 1, y = x (2 + x) / 3: evenly spread x become y that are twice as dense at 0 as at
/// 1. So of the segments of one size at any time some have just split, some are about to, and as many are
/// anywhere between.
KeyIndex::Course::Course(const EventKey& key) : home(static_cast<std::uint32_t>(key.low) % kBuckets) {
  const std::uint64_t x = key.low >> 32;
  address = static_cast<std::uint32_t>(x * (((std::uint64_t{2} << 32) + x) / 3) >> 32);
  tag = static_cast<std::uint16_t>(address >> (32 - kMostAddressBits));
}

KeyIndex::KeyIndex(const KeyQueue& keys) : keys_(keys), directory_(1) {
  Bucket* buckets = new_buckets();
  std::fill_n(buckets, kBuckets, Bucket());
  segments_.push_back({buckets, 0, 0});
}

void KeyIndex::prefetch(const EventKey& key) const {
  const Course course(key);
  __builtin_prefetch(segments_[segment_of(course)].buckets + course.home, 1);
}

KeyIndex::Gap KeyIndex::gap_for(const EventKey& key) {
  const Course course(key);
  if (segments_[segment_of(course)].keys >= kMostKeys) split(course);
  Gap gap(segments_[segment_of(course)], course);
  for (std::uint32_t at = course.home, left = kWalk; left > 0; at = after(at), --left) {
    const Bucket& bucket = gap.segment_->buckets[at];
    for (std::uint32_t slots = bucket.matching(kWholeTag, course.tag); slots != 0; slots &= slots - 1) {
      if (keys_[bucket.places[first(slots)]] == key) return {};
    }
    if (gap.bucket_ == kBuckets && bucket.taken != kAllSlots) gap.bucket_ = at;
    if (gap.bucket_ != kBuckets && bucket.passed == 0) break;
  }
  const auto is_key = [&](KeyQueue::Place place) { return keys_[place] == key; };
  if (std::any_of(strays_.begin(), strays_.end(), is_key)) return {};
  if (gap.bucket_ == kBuckets) strays_.reserve(strays_.size() + 1);
  return gap;
}

void KeyIndex::fill(const Gap& gap, KeyQueue::Place place) {
  if (gap.bucket_ == kBuckets) {
    strays_.push_back(place);
    return;
  }
  Bucket* const buckets = gap.segment_->buckets;
  for (std::uint32_t at = gap.home_; at != gap.bucket_; at = after(at)) ++buckets[at].passed;
  Bucket& bucket = buckets[gap.bucket_];
  const std::uint32_t slot = 1U << std::countr_one(std::uint32_t{bucket.taken});
  bucket.taken |= slot;
  bucket.away = gap.bucket_ == gap.home_ ? bucket.away & ~slot : bucket.away | slot;
  bucket.tags[first(slot)] = gap.tag_;
  bucket.places[first(slot)] = place;
  ++gap.segment_->keys;
}

bool KeyIndex::remove(const EventKey& key, KeyQueue::Place place) {
  const Course course(key);
  Segment& segment = segments_[segment_of(course)];
  for (std::uint32_t at = course.home, left = kWalk; left > 0; at = after(at), --left) {
    Bucket& bucket = segment.buckets[at];
    for (std::uint32_t slots = bucket.matching(kWholeTag, course.tag); slots != 0; slots &= slots - 1) {
      if (bucket.places[first(slots)] != place) continue;
      bucket.taken &= ~(1U << first(slots));
      --segment.keys;
      for (std::uint32_t before = course.home; before != at; before = after(before)) {
        --segment.buckets[before].passed;
      }
      return true;
    }
    if (bucket.passed == 0) break;
  }
  return std::erase(strays_, place) != 0;
}

/// Where a key stands that is known to be new.
KeyIndex::Gap KeyIndex::room_for(const Course& course) {
  Gap gap(segments_[segment_of(course)], course);
  for (std::uint32_t at = course.home, left = kWalk; left > 0; at = after(at), --left) {
    if (gap.segment_->buckets[at].taken == kAllSlots) continue;
    gap.bucket_ = at;
    break;
  }
  return gap;
}

/// Only keys that stand away from their own bucket are added anew, as nothing but their hash tells where that
/// is; and all keys of the first few segments, as no tag has the bit.
void KeyIndex::split(const Course& course) {
  const std::uint32_t number = segment_of(course);
  const std::uint32_t bit = segments_[number].address_bits;
  if (bit == kMostAddressBits) return;
  if (is_large() && moved_ < kSmallSegments) move_segments();
  const std::vector<KeyQueue::Place> anew = places(segments_[number], has_tag_bit(bit));
  strays_.reserve(strays_.size() + anew.size());
  if (bit == directory_bits_) widen_directory();
  if (segments_.size() == segments_.capacity()) segments_.reserve(2 * segments_.size());
  segments_.push_back({new_buckets(), 0, bit});
  halve(segments_[number], segments_.back());
  // The upper half of what was the segment's.
  const std::uint32_t width = 1U << (directory_bits_ - bit - 1);
  const auto begin = static_cast<std::uint32_t>(std::uint64_t{course.address} >> (32 - bit)) * 2 * width;
  std::fill_n(directory_.begin() + begin + width, width, static_cast<std::uint32_t>(segments_.size() - 1));
  for (const KeyQueue::Place place : anew) fill(room_for(Course(keys_[place])), place);
}

/// Copies buckets in order; by the next bit of its address, a key stays in the one or goes to the other.
void KeyIndex::halve(Segment& lower, Segment& upper) {
  const std::uint32_t bit = lower.address_bits++;
  ++upper.address_bits;
  lower.keys = 0;
  const auto tag_bit = static_cast<std::uint16_t>(1U << (kMostAddressBits - 1 - bit));
  for (std::uint32_t at = 0; at < kBuckets; ++at) {
    Bucket& from = lower.buckets[at];
    const std::uint32_t settled = has_tag_bit(bit) ? from.taken & ~from.away : 0;
    const std::uint32_t rising = settled & from.matching(tag_bit, tag_bit);
    upper.buckets[at] = from;
    upper.keys += upper.buckets[at].keep(rising);
    lower.keys += from.keep(settled & ~rising);
  }
}

/// Those of the keys that stand away from their own bucket, or of all; their keys are then in the cache.
std::vector<KeyQueue::Place> KeyIndex::places(const Segment& segment, bool only_away) const {
  std::vector<KeyQueue::Place> found;
  found.reserve(segment.keys);
  for (std::uint32_t at = 0; at < kBuckets; ++at) {
    const Bucket& bucket = segment.buckets[at];
    for (std::uint32_t slots = bucket.taken & (only_away ? bucket.away : kAllSlots); slots != 0;
         slots &= slots - 1) {
      found.push_back(bucket.places[first(slots)]);
      keys_.prefetch(found.back());
    }
  }
  return found;
}

/// Moves some of the first segments to large pages. Their piece is given back once it has none left.
void KeyIndex::move_segments() {
  for (std::size_t i = 0; i < kMovedAtOnce; ++i) {
    Bucket* buckets = new_buckets();
    std::copy_n(segments_[moved_].buckets, kBuckets, buckets);
    segments_[moved_++].buckets = buckets;
  }
  if (moved_ % kSmallPiece == 0) memory_[moved_ / kSmallPiece - 1].reset();
}

void KeyIndex::widen_directory() {
  std::vector<std::uint32_t> wider(2 * directory_.size());
  for (std::size_t i = 0; i < wider.size(); ++i) wider[i] = directory_[i / 2];
  directory_ = std::move(wider);
  ++directory_bits_;
}

/// Whether new segments stand in pieces of large pages.
bool KeyIndex::is_large() const { return segments_.size() >= kSmallSegments; }

/// Not yet written to, but for a first segment.
KeyIndex::Bucket* KeyIndex::new_buckets() {
  if (unused_ == 0) {
    const std::size_t segments = is_large() ? kLargePiece : kSmallPiece;
    memory_.reserve(memory_.size() + 1);
    memory_.push_back(ahead_ ? std::move(ahead_) : new_piece(segments));
    unused_ = segments;
  }
  if (is_large() && unused_ <= kNearlyUsedUp && !ahead_) look_ahead();
  return memory_.back().get() + --unused_ * kBuckets;
}

void KeyIndex::look_ahead() {
  try {
    ahead_ = new_piece(kLargePiece);
  } catch (const std::bad_alloc&) {  // it is not needed yet
    return;
  }
  mapper_.map(ahead_.get(), kLargePiece * kBuckets * sizeof(Bucket));
}

KeyIndex::Piece KeyIndex::new_piece(std::size_t segments) {
  const std::size_t buckets = segments * kBuckets;
  return Piece(HugePages<Bucket>().allocate(buckets), Release{buckets});
}

}  // namespace telephony
