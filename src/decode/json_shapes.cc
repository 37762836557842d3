#include "decode/json_shapes.h"

#include <simdjson.h>

#include <algorithm>

#include "decode/equal_bytes.h"
#include "decode/json_fill.h"
#include "decode/plain_string.h"

namespace telephony {
namespace {

using Step = FieldSteps::Step;

bool is_of_number(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '.' || c == 'e' || c == 'E' || c == '+';
}

// Each reads a value that begins at `at`, and says where it ends; null when it must be read in another way.

bool is_wanted(const Step* step) { return step != nullptr && !step->slots.empty(); }

/// Where nobody wants a string, it is enough that its escapes are some; \u is left to others. Not a part of
/// its caller, which has to be small.
[[gnu::noinline]] const char* skip_string(const char* from, const char* end) {
  constexpr std::string_view kEscaped = "\"\\/bfnrt";
  PlainString string;
  const char* at = string.find_end(from, end);
  while (end - at > 1 && *at == '\\' && kEscaped.find(at[1]) != kEscaped.npos) {
    at = string.find_end(at + 2, end);
  }
  if (at == end || *at != '"') return nullptr;
  const bool valid = string.is_ascii() || simdjson::validate_utf8(from, static_cast<std::size_t>(at - from));
  return valid ? at + 1 : nullptr;
}

const char* read_string(const char* at, const char* end, const Step* step, Slots& slots) {
  const char* const from = at + 1;
  PlainString string;
  at = string.find_end(from, end);
  if (at == end || *at != '"') return is_wanted(step) ? nullptr : skip_string(from, end);
  const auto size = static_cast<std::size_t>(at - from);
  if (!string.is_ascii() && !simdjson::validate_utf8(from, size)) return nullptr;
  fill(step, std::string_view(from, size), slots);
  return at + 1;
}

/// The end of a whole number that is written as usual and fits into 64 bits, as most are; null for others.
const char* whole_end(const char* at, const char* end) {
  constexpr std::ptrdiff_t kMostDigits = 17;
  const char* const first = at;
  while (at != end && *at >= '0' && *at <= '9') ++at;
  if (at == first || at - first > kMostDigits || (*first == '0' && at - first > 1)) return nullptr;
  return at == end || !is_of_number(*at) ? at : nullptr;
}

const char* read_number(const char* at, const char* end, const Step* step, Slots& slots) {
  const char* const from = at;
  if (const char* const whole = whole_end(*at == '-' && end - at > 1 && at[1] != '0' ? at + 1 : at, end)) {
    fill(step, std::string_view(from, whole), slots);
    return whole;
  }
  while (at != end && is_of_number(*at)) ++at;
  const auto number = parse_json_number({from, at});
  if (!number) return nullptr;
  fill(step, *number, slots);
  return at;
}

const char* skip_word(const char* at, const char* end, std::string_view word) {
  return std::string_view(at, end).starts_with(word) ? at + word.size() : nullptr;
}

const char* read_scalar(const char* at, const char* end, const Step* step, Slots& slots) {
  if (at == end) return nullptr;
  switch (*at) {
    case '"':
      return read_string(at, end, step, slots);
    case 'n':
      return skip_word(at, end, "null");
    case 't':
      fill_unreadable(step, slots);
      return skip_word(at, end, "true");
    case 'f':
      fill_unreadable(step, slots);
      return skip_word(at, end, "false");
    default:
      return read_number(at, end, step, slots);
  }
}

}  // namespace

JsonShapes::Number JsonShapes::begin(const FieldSteps& fields) const {
  for (const Root& root : roots_) {
    if (root.fields == fields.number()) return root.first;
  }
  return kNone;
}

const JsonShapes::Branch* JsonShapes::follow(Number first, const char* at, const char* end) const {
  const auto left = static_cast<std::size_t>(end - at);
  while (first != kNone) {
    const Branch& branch = branches_[first];
    if (branch.size <= left && equal_bytes(bytes_.data() + branch.at, at, branch.size)) return &branch;
    first = branch.beside;
  }
  return nullptr;
}

std::size_t JsonShapes::read(std::string_view text, const FieldSteps& fields, Slots& slots) {
  const bool pausing = misses_ > kPause && misses_ % kPause != 0;
  slots.clear();
  const char* at = text.data();
  const char* const end = at + text.size();
  Number first = pausing ? kNone : begin(fields);
  while (const Branch* const branch = follow(first, at, end)) {
    at += branch->size;
    if (branch->last) {
      misses_ = 0;
      return static_cast<std::size_t>(at - text.data());
    }
    at = read_scalar(at, end, fields.step(branch->step), slots);
    if (at == nullptr) break;
    first = branch->first;
  }
  ++misses_;
  return 0;
}

bool JsonShapes::has_room(std::string_view text, std::size_t scalars) const {
  return branches_.size() + scalars < kMostBranches && bytes_.size() + text.size() <= kMostBytes &&
         roots_.size() < kMostRoots;
}

/// The branch, which is made if there is none; what may begin behind it. Null when too many begin there.
JsonShapes::Number* JsonShapes::grow(Number* first, std::string_view bytes, std::uint16_t step, bool last) {
  std::size_t beside = 0;
  for (Number number = *first; number != kNone; number = branches_[number].beside) {
    Branch& branch = branches_[number];
    if (std::string_view(bytes_).substr(branch.at, branch.size) == bytes) return &branch.first;
    if (++beside == kMostBeside) return nullptr;
  }
  const Branch branch{static_cast<std::uint32_t>(bytes_.size()),
                      static_cast<std::uint16_t>(bytes.size()),
                      step,
                      last,
                      kNone,
                      *first};
  bytes_ += bytes;  // first, as it may throw
  *first = static_cast<Number>(branches_.size());
  branches_.push_back(branch);  // within what is reserved, so that `first` holds
  return &branches_.back().first;
}

/// Where there is no more room, all is forgotten, and what is still sent is soon learned again.
void JsonShapes::learn(std::string_view text, std::span<const JsonScalar> scalars, const FieldSteps& fields) {
  if (text.size() > kMostBytes || scalars.size() >= kMostBranches) return;
  if (!has_room(text, scalars.size())) forget();
  branches_.reserve(kMostBranches);
  roots_.reserve(kMostRoots);
  auto root = std::find_if(roots_.begin(), roots_.end(),
                           [&](const Root& known) { return known.fields == fields.number(); });
  if (root == roots_.end()) root = roots_.insert(roots_.end(), {fields.number(), kNone});
  Number* first = &root->first;
  const char* at = text.data();
  for (const JsonScalar& scalar : scalars) {
    first = grow(first, {at, scalar.text.data()}, fields.number_of(scalar.step), false);
    if (first == nullptr) return forget();
    at = scalar.text.data() + scalar.text.size();
  }
  if (grow(first, {at, text.data() + text.size()}, 0, true) == nullptr) forget();
}

void JsonShapes::forget() {
  roots_.clear();
  branches_.clear();
  bytes_.clear();
}

}  // namespace telephony
