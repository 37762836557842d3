// What a value of JSON fills: the fields of the step that it stands at. At no step nothing is wanted.
#pragma once

#include "decode/json_number.h"
#include "decode/slots.h"
#include "telephony_exporter/catalog/field_steps.h"

namespace telephony {

inline void fill(const FieldSteps::Step* step, std::string_view content, Slots& slots) {
  if (step == nullptr) return;
  for (const Slot slot : step->slots) slots.set(slot, content);
}

inline void fill_unreadable(const FieldSteps::Step* step, Slots& slots) {
  if (step == nullptr) return;
  for (const Slot slot : step->slots) slots.set_unreadable(slot);
}

inline void fill(const FieldSteps::Step* step, const JsonNumber& number, Slots& slots) {
  if (!number.digits.empty()) return fill(step, number.digits, slots);
  if (!number.whole && !number.fraction) return fill_unreadable(step, slots);
  if (step == nullptr) return;
  for (const Slot slot : step->slots) {
    number.whole ? slots.set_number(slot, *number.whole) : slots.set_fraction(slot, *number.fraction);
  }
}

}  // namespace telephony
