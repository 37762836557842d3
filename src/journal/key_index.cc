#include "journal/key_index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <vector>

namespace telephony {
namespace {

/// The highest bit of each of eight bytes, where it equals that one.
std::uint64_t equal(std::uint64_t bytes, std::uint8_t byte) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  constexpr std::uint64_t kLow = 0x7f * kEach;
  const std::uint64_t differ = bytes ^ kEach * byte;
  return ~(((differ & kLow) + kLow) | differ | kLow);
}

/// The slot of the lowest bit: the slots from 8 on have the bits between those of the first ones.
std::size_t first_slot(std::uint64_t bits) {
  const auto bit = static_cast<std::size_t>(std::countr_zero(bits));
  return bit / 8 + (bit % 2 == 0 ? 8 : 0);
}

}  // namespace

std::uint64_t KeyIndex::Bucket::having(std::uint8_t tag) const {
  std::uint64_t first = 0;
  std::uint32_t last = 0;
  static_assert(kSlots == sizeof first + sizeof last);
  std::memcpy(&first, tags.data(), sizeof first);
  std::memcpy(&last, tags.data() + sizeof first, sizeof last);
  constexpr std::uint64_t kLast = 0x80808080;
  return equal(first, tag) | (equal(last, tag) & kLast) >> 1;
}

/// The bits of a key that no other choice uses, scaled to the table, so that it may have any size.
std::uint32_t KeyIndex::home(const Table& table, const EventKey& key) {
  return static_cast<std::uint32_t>((key.low >> 22 & 0xffffffff) * table.size >> 32);
}

std::uint8_t KeyIndex::tag(const EventKey& key) {
  return std::max<std::uint8_t>(static_cast<std::uint8_t>(key.low), 1);
}

void KeyIndex::prefetch(const EventKey& key) const {
  const Table& table = tables_[table_of(key)];
  __builtin_prefetch(table.buckets.get() + home(table, key), 1);
}

KeyIndex::Gap KeyIndex::gap_for(const EventKey& key) {
  Table& table = tables_[table_of(key)];
  if (table.keys == kFill * table.size) resize(table_of(key), table.keys + 1);
  Gap gap;
  // All buckets may have been passed at one time or another, so the search ends where it began.
  for (std::uint32_t at = home(table, key), left = table.size; left > 0; at = after(table, at), --left) {
    Bucket& bucket = table.buckets[at];
    for (std::uint64_t slots = bucket.having(tag(key)); slots != 0; slots &= slots - 1) {
      if (keys_[bucket.places[first_slot(slots)]] == key) return {};
    }
    if (const std::uint64_t free = gap ? 0 : bucket.having(0); free != 0) {
      gap.bucket_ = &bucket;
      gap.slot_ = first_slot(free);
    }
    if (gap && bucket.passed == 0) break;
  }
  return gap;
}

void KeyIndex::fill(const Gap& gap, const EventKey& key, KeyQueue::Place place) {
  Table& table = tables_[table_of(key)];
  for (std::uint32_t at = home(table, key); &table.buckets[at] != gap.bucket_; at = after(table, at)) {
    ++table.buckets[at].passed;
  }
  gap.bucket_->tags[gap.slot_] = tag(key);
  gap.bucket_->places[gap.slot_] = place;
  ++table.keys;
}

void KeyIndex::put(Table& table, const EventKey& key, KeyQueue::Place place) {
  for (std::uint32_t at = home(table, key);; at = after(table, at)) {
    Bucket& bucket = table.buckets[at];
    if (const std::uint64_t free = bucket.having(0); free != 0) {
      const std::size_t slot = first_slot(free);
      bucket.tags[slot] = tag(key);
      bucket.places[slot] = place;
      ++table.keys;
      return;
    }
    ++bucket.passed;
  }
}

/// kSlots when it is not there.
std::size_t KeyIndex::slot_of(const Bucket& bucket, std::uint8_t tag, KeyQueue::Place place) {
  for (std::uint64_t slots = bucket.having(tag); slots != 0; slots &= slots - 1) {
    if (const std::size_t slot = first_slot(slots); bucket.places[slot] == place) return slot;
  }
  return kSlots;
}

bool KeyIndex::remove(const EventKey& key, KeyQueue::Place place) {
  Table& table = tables_[table_of(key)];
  const std::uint32_t first = home(table, key);
  std::uint32_t at = first;
  for (std::uint32_t left = table.size; left > 0; at = after(table, at), --left) {
    Bucket& bucket = table.buckets[at];
    if (const std::size_t slot = slot_of(bucket, tag(key), place); slot < kSlots) {
      bucket.tags[slot] = 0;
      --table.keys;
      for (std::uint32_t before = first; before != at; before = after(table, before)) {
        --table.buckets[before].passed;
      }
      return true;
    }
    if (bucket.passed == 0) break;
  }
  return false;
}

std::size_t KeyIndex::add_all(KeyQueue::Place newest, std::size_t count) {
  const auto place = [&](std::size_t i) { return static_cast<KeyQueue::Place>(newest - i); };
  std::array<std::size_t, kTables + 1> begins{};
  for (std::size_t i = 0; i < count; ++i) ++begins[table_of(keys_[place(i)]) + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<KeyQueue::Place> sorted(count);
  for (std::size_t i = 0; i < count; ++i) sorted[begins[table_of(keys_[place(i)])]++] = place(i);
  constexpr std::size_t kAhead = 12;
  std::size_t known = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i + 2 * kAhead < count) keys_.prefetch(sorted[i + 2 * kAhead]);
    if (i + kAhead < count) prefetch(keys_[sorted[i + kAhead]]);
    const EventKey key = keys_[sorted[i]];
    if (const Gap gap = gap_for(key)) {
      fill(gap, key, sorted[i]);
    } else {
      ++known;
    }
  }
  return known;
}

void KeyIndex::reserve(std::size_t keys) {
  for (std::size_t number = 0; number < kTables; ++number) {
    if (kFill * tables_[number].size < keys / kTables) resize(number, keys / kTables);
  }
}

/// The nth of N tables has 1 + n/N times a power of two of buckets.
void KeyIndex::resize(std::size_t number, std::size_t keys) {
  Table& table = tables_[number];
  std::size_t size = 1;
  for (std::size_t scaled = kTables + number; size * kFill < keys; scaled *= 2) size = scaled / kTables;
  Table resized{std::make_unique<Bucket[]>(size), static_cast<std::uint32_t>(size)};
  constexpr std::uint32_t kAhead = 2;  // enough that the keys of a bucket have come from memory
  for (std::uint32_t at = 0; at < table.size + kAhead; ++at) {
    const auto each = [&](std::uint32_t bucket, auto use) {
      for (std::size_t slot = 0; slot < kSlots && bucket < table.size; ++slot) {
        if (table.buckets[bucket].tags[slot] != 0) use(table.buckets[bucket].places[slot]);
      }
    };
    each(at, [&](KeyQueue::Place place) { keys_.prefetch(place); });
    each(at - kAhead, [&](KeyQueue::Place place) { put(resized, keys_[place], place); });
  }
  table = std::move(resized);
}

}  // namespace telephony
