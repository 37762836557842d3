// Records of JSON that repeat an earlier one but for their values, read without their tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decode/json_reader.h"
#include "decode/slots.h"
#include "telephony_exporter/catalog/field_steps.h"

namespace telephony {

/// Senders build records from templates, so what stands between the values (brackets, keys, white space) is
/// nearly always known. It is compared, and only the values are looked at. That is safe because a text that
/// is equal to valid JSON but for its scalars is valid when these are, and its keys lead to the same steps.
///
/// Shapes are kept as a tree: a branch is what stands between two values and the step of the one behind it.
/// What is in no branch, and escapes in what a field wants, are left to JsonReader. Memory is bounded, and so
/// is what a sender of records that never repeat can cost: where nothing is known, little is looked up.
class JsonShapes {
 public:
  static constexpr std::size_t kMostBytes = 32 * 1024;  ///< of all shapes; no longer text is worth learning

  /// Reads the record that a text begins with. Its size; 0 when it must be read in another way, and then the
  /// slots hold nothing of use.
  std::size_t read(std::string_view text, const FieldSteps& fields, Slots& slots);

  /// Whether a shape is worth learning, since `read` did not know it.
  bool curious() const { return misses_ % kPause == 1; }
  /// Remembers the shape of an object. It is valid, and these are all its scalars. Throws std::bad_alloc;
  /// what is known stays of use.
  void learn(std::string_view text, std::span<const JsonScalar> scalars, const FieldSteps& fields);

 private:
  using Number = std::uint16_t;
  static constexpr Number kNone = UINT16_MAX;
  static constexpr std::size_t kPause = 8;  ///< records, after as many that were not known
  static constexpr std::size_t kMostBranches = 1024, kMostRoots = 16, kMostBeside = 16;

  struct Branch {
    std::uint32_t at = 0;  ///< where its bytes stand
    std::uint16_t size = 0;
    std::uint16_t step = 0;
    bool last = false;  ///< the record ends behind it
    Number first = kNone;
    Number beside = kNone;  ///< the next that begins where this one does
  };
  struct Root {
    std::uint64_t fields = 0;
    Number first = kNone;
  };

  Number begin(const FieldSteps& fields) const;
  const Branch* follow(Number first, const char* at, const char* end) const;
  Number* grow(Number* first, std::string_view bytes, std::uint16_t step, bool last);
  void forget();
  bool has_room(std::string_view text, std::size_t scalars) const;

  std::vector<Root> roots_;
  std::vector<Branch> branches_;
  std::string bytes_;
  std::size_t misses_ = 0;  ///< one after the other
};

}  // namespace telephony
