// What batches add up to, and the seals of the rows that hold it.
#pragma once

#include <bit>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "journal/batch_blob.h"
#include "journal/seal.h"
#include "telephony_exporter/journal/history.h"

namespace telephony {

struct Totals {
  std::map<std::pair<SeriesId, std::string>, History::Errors> errors;
  std::map<std::tuple<StreamId, std::string, std::uint8_t>, History::Sessions> sessions;
  std::map<std::string, FilePosition> positions;

  /// Later than all that was added before.
  void add(const Batch& batch);
  void add(const History::Errors& later);
  void add(const History::Sessions& later);
};

/// The keys of a batch; empty when it has none.
KeyRun keys_of(const Batch& batch);

std::int64_t seal(const HashKey& key, const History::Errors& row);
std::int64_t seal(const HashKey& key, const History::Sessions& row);
std::int64_t seal(const HashKey& key, const FilePosition& row);
std::int64_t seal(const HashKey& key, const KeptHint& row);
std::int64_t seal(const HashKey& key, StreamId id, const Stream& row, WallTime created);
std::int64_t seal(const HashKey& key, SeriesId id, const ErrorSeries& row, WallTime created);

/// Only journals of an older format lack it.
inline constexpr const char* kHintsTable =
    "CREATE TABLE hints (series INTEGER, account TEXT, level INTEGER, waiting INTEGER, changed INTEGER, "
    "  not_before INTEGER, seal INTEGER, PRIMARY KEY (series, account)) STRICT, WITHOUT ROWID";

/// Numbers that are not whole stand in the journal as their bits, so that what is read is what was written.
inline std::int64_t to_bits(double number) { return std::bit_cast<std::int64_t>(number); }
inline double from_bits(std::int64_t bits) { return std::bit_cast<double>(bits); }

/// Times in the journal are nanoseconds since the epoch.
inline std::int64_t to_nanoseconds(WallTime time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}
inline WallTime from_nanoseconds(std::int64_t time) { return WallTime(std::chrono::nanoseconds(time)); }

}  // namespace telephony
