// The values of one record's fields, by the slots of its catalog.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "telephony_exporter/catalog/reading.h"

namespace telephony {

class Slots {
 public:
  void clear() { present_ = unreadable_ = fractions_ = 0; }

  /// The first value of a field stays.
  void set(Slot slot, std::string_view value) {
    if (taken(slot)) return;
    present_ |= bit(slot);
    values_[slot] = value;
  }
  /// The same for a number, of which a copy is kept.
  void set_number(Slot slot, std::int64_t value);
  /// The field is there, but what stands in it is no text and no whole number.
  void set_unreadable(Slot slot) {
    if (!taken(slot)) unreadable_ |= bit(slot);
  }

  /// The same for a number that is not whole: no code, no word and no id, but a measure.
  void set_fraction(Slot slot, double value);

  /// The value, or an empty view when the field is absent, empty or unreadable.
  std::string_view operator[](Slot slot) const {
    return (present_ & bit(slot)) != 0 ? values_[slot] : std::string_view{};
  }
  /// Whether the field is there and not null.
  bool told(Slot slot) const { return taken(slot); }
  /// Whether any of the fields is, of which there is a bit for each.
  bool told_any(std::uint64_t slots) const { return ((present_ | unreadable_) & slots) != 0; }
  bool unreadable(Slot slot) const { return (unreadable_ & bit(slot)) != 0; }
  /// The value, also where it is not whole.
  std::string_view number(Slot slot) const {
    return ((present_ | fractions_) & bit(slot)) != 0 ? values_[slot] : std::string_view{};
  }

  /// Replaces percent-encoded values; `buffer` holds what they are decoded to. A bad encoding stays as it is.
  void percent_decode(std::string& buffer);

  /// The first of the alternatives that has a value.
  std::string_view first(std::span<const Slot> alternatives) const {
    for (const Slot slot : alternatives) {
      if ((present_ & bit(slot)) != 0 && !values_[slot].empty()) return values_[slot];
    }
    return {};
  }

 private:
  static constexpr std::uint64_t bit(Slot slot) { return std::uint64_t{1} << slot; }
  bool taken(Slot slot) const { return ((present_ | unreadable_) & bit(slot)) != 0; }

  std::uint64_t present_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t fractions_ = 0;  ///< those of the unreadable that are numbers
  std::array<std::string_view, kMaxSlots> values_;
  std::array<std::array<char, 24>, kMaxSlots> numbers_;
};

}  // namespace telephony
