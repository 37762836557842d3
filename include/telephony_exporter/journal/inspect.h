// What stands in a journal, for people.
#pragma once

#include <cstdint>
#include <string>

#include "telephony_exporter/event/posting.h"

namespace telephony {

struct JournalReport {
  std::string damage;  ///< empty when every row is what was written; otherwise the rest is not to be believed
  WallTime created;
  WallTime quarantined;  ///< when it took the place of a damaged one, or the epoch
  std::uint64_t bytes = 0;
  std::uint64_t unpacked_batches = 0;
  std::uint64_t dedup_keys = 0;
  WallTime oldest_key;
  WallTime newest_key;
  std::uint64_t series = 0;  ///< that it has numbers for, counted or not
  std::uint64_t accounts = 0;
  std::uint64_t errors = 0;    ///< counted
  std::uint64_t sessions = 0;  ///< counted
  std::uint64_t positions = 0;
  std::uint64_t raised_hints = 0;
};

/// Reads a journal and changes nothing; it may be in use. Throws std::runtime_error for what is no readable
/// journal.
JournalReport inspect_journal(const std::string& path);

}  // namespace telephony
