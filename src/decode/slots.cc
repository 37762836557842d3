#include "decode/slots.h"

#include <charconv>

#include "decode/percent.h"

namespace telephony {

void Slots::set_number(Slot slot, std::int64_t value) {
  if (taken(slot)) return;
  auto& digits = numbers_[slot];
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  set(slot, {digits.data(), end});
}

void Slots::set_fraction(Slot slot, double value) {
  if (taken(slot)) return;
  unreadable_ |= bit(slot);
  fractions_ |= bit(slot);
  auto& digits = numbers_[slot];
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  values_[slot] = {digits.data(), end};
}

void Slots::percent_decode(std::string& buffer) {
  std::size_t size = 0;
  for (Slot slot = 0; slot < kMaxSlots; ++slot) size += (*this)[slot].size();
  buffer.clear();
  buffer.reserve(size);  // so that views into it stay valid: decoding never makes a text longer
  for (Slot slot = 0; slot < kMaxSlots; ++slot) {
    const std::string_view value = (*this)[slot];
    if (value.find('%') == value.npos) continue;
    const std::size_t start = buffer.size();
    if (telephony::percent_decode(value, false, buffer)) continue;
    values_[slot] = std::string_view(buffer).substr(start);
  }
}

}  // namespace telephony
