// The series that can ever be counted, numbered. Append-only, so a number outlives every reload.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// Position of a source's name among those that any settings of this process had; never reused.
using SourceId = std::uint32_t;

struct Stream {
  std::string provider;
  std::string product;
  auto operator<=>(const Stream&) const = default;
};

struct ErrorSeries {
  StreamId stream = 0;
  std::string code;
  std::string reason;
  std::string family;  ///< only for reason "unlisted", which every family has; otherwise empty
  auto operator<=>(const ErrorSeries&) const = default;
};

class SeriesTable {
 public:
  /// The number, new or old; a new one's counters are at 0 since `created`.
  StreamId stream(const Stream& stream, WallTime created);
  SeriesId error(const ErrorSeries& series, WallTime created);
  SourceId source(const std::string& name);
  const std::vector<Stream>& streams() const { return streams_; }
  const std::vector<ErrorSeries>& errors() const { return errors_; }
  WallTime stream_created(StreamId id) const { return stream_created_[id]; }
  WallTime error_created(SeriesId id) const { return error_created_[id]; }

 private:
  std::vector<Stream> streams_;
  std::vector<ErrorSeries> errors_;
  std::vector<WallTime> stream_created_;
  std::vector<WallTime> error_created_;
  std::map<Stream, StreamId> stream_ids_;
  std::map<ErrorSeries, SeriesId> error_ids_;
  std::map<std::string, SourceId> source_ids_;  ///< not stored: what counts by source starts with the process
};

}  // namespace telephony
