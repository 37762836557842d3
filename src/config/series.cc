#include "telephony_exporter/config/series.h"

namespace telephony {

StreamId SeriesTable::stream(const Stream& stream, WallTime created) {
  const auto [found, added] = stream_ids_.try_emplace(stream, static_cast<StreamId>(streams_.size()));
  if (added) {
    streams_.push_back(stream);
    stream_created_.push_back(created);
  }
  return found->second;
}

SeriesId SeriesTable::error(const ErrorSeries& series, WallTime created) {
  const auto [found, added] = error_ids_.try_emplace(series, static_cast<SeriesId>(errors_.size()));
  if (added) {
    errors_.push_back(series);
    error_created_.push_back(created);
  }
  return found->second;
}

SourceId SeriesTable::source(const std::string& name) {
  return source_ids_.try_emplace(name, static_cast<SourceId>(source_ids_.size())).first->second;
}

}  // namespace telephony
