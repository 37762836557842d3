// The tree of a catalog's locations made deterministic, so that a record is walked once and each of its keys
// is looked up once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/catalog/line_reading.h"

namespace telephony {

struct FieldTree;

/// A key may be named by one location and stand for any key ("*") in another. A step is the set of all places
/// of the tree that a path of keys leads to, so one lookup a key follows them all. Immutable once built.
class FieldSteps {
 public:
  static constexpr std::size_t kMaxSteps = 1024;

  struct Step {
    std::vector<Slot> slots;  ///< the fields that a value here fills
    bool lists = false;  ///< the first key of a pointer to records leads here, in some case of its letters

   private:
    friend class FieldSteps;
    struct Named {
      std::uint64_t head = 0;  ///< of the key's first eight bytes, in lower case
      std::uint16_t step = 0;
      std::string key;  ///< in lower case; empty where the table has room
    };
    /// A hash table with room to spare; a key's place follows from its head.
    std::vector<Named> named = std::vector<Named>(1);
    std::uint16_t any = 0;  ///< where other keys lead; 0 is nowhere, since nothing leads to the root
    bool leads = false;     ///< some key leads somewhere
    bool indexed = false;   ///< some key is a number, and so the position in an array
  };

  FieldSteps() = default;
  /// `records` are JSON pointers. Throws std::invalid_argument when there would be too many steps.
  FieldSteps(const FieldTree& tree, std::span<const std::string> records);

  /// Null when no location is known at all.
  const Step* root() const { return steps_.empty() ? nullptr : steps_.data(); }

  /// The step that a key of an object leads to, compared without regard to ASCII case; null: nothing there is
  /// wanted.
  const Step* below(const Step& step, std::string_view key) const;
  /// The same for a position in an array.
  const Step* below(const Step& step, std::size_t index) const;
  /// Whether `below` can be anything but null.
  static bool leads(const Step& step) { return step.leads; }

  /// Tells these steps from all others that this process has built.
  std::uint64_t number() const { return number_; }
  /// Steps by their numbers, for who remembers some; 0 is none.
  const Step* step(std::uint16_t number) const { return number == 0 ? nullptr : &steps_[number]; }
  std::uint16_t number_of(const Step* step) const {
    return step == nullptr ? std::uint16_t{0} : static_cast<std::uint16_t>(step - steps_.data());
  }

 private:
  class Builder;

  std::vector<Step> steps_;
  std::uint64_t number_ = 0;
};

}  // namespace telephony
