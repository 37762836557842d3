// The last event behind a counter, for OpenMetrics exemplars: which session it was.
#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// A session that a counter counted last, and when its event was received.
struct Exemplar {
  std::string session;  ///< the provider's id; never what looks like a phone number
  WallTime received;
};

/// Thread-safe. Keeps one exemplar for each error series, so memory is bounded by the catalogs.
class Exemplars {
 public:
  /// Keeps nothing while it is off.
  void enable(bool on);

  /// Remembers the session of every posting that is no duplicate and names one.
  void note(std::span<const Posting> batch);

  std::optional<Exemplar> find(SeriesId series) const;

 private:
  mutable std::mutex mutex_;
  bool on_ = false;
  std::unordered_map<SeriesId, Exemplar> last_;
};

}  // namespace telephony
