// A committed batch as bytes: one row of the journal.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// What is read is not what was written, or is gone.
class Damage : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void expect(bool right, const char* what) {
  if (!right) throw Damage(what);
}

struct Batch {
  WallTime committed;
  std::vector<Posting> postings;  ///< without duplicates; accounts are views into the bytes
  std::vector<FilePosition> positions;
};

/// Leaves out the duplicates. Numbers are little-endian, as on every platform that is supported.
std::string encode_batch(WallTime committed, std::span<const Posting> postings,
                         std::span<const FilePosition> positions);

/// Throws Damage when the bytes end too early or say what cannot be.
Batch decode_batch(std::string_view bytes);

/// The keys of many batches, in the order in which they were committed.
struct KeyRun {
  WallTime since;
  std::vector<EventKey> keys;
};
std::string encode_keys(std::span<const KeyRun> runs);
std::vector<KeyRun> decode_keys(std::string_view bytes);  ///< throws as decode_batch

}  // namespace telephony
