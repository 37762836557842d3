#include "telephony_exporter/config/series.h"

namespace telephony {

StreamId SeriesTable::stream(const Stream& stream) {
  const auto [found, added] = stream_ids_.try_emplace(stream, static_cast<StreamId>(streams_.size()));
  if (added) streams_.push_back(stream);
  return found->second;
}

SeriesId SeriesTable::error(const ErrorSeries& series) {
  const auto [found, added] = error_ids_.try_emplace(series, static_cast<SeriesId>(errors_.size()));
  if (added) errors_.push_back(series);
  return found->second;
}

}  // namespace telephony
