// The last event behind a counter, for OpenMetrics exemplars: which session it was.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// A session that a counter counted last, and when its event was received.
struct Exemplar {
  std::string session;  ///< the provider's id; never what looks like a phone number
  WallTime received;
};

/// False for what must not stand on a page: empty, over limits::kSessionBytes, other than printable ASCII
/// without spaces, an address, or what may hold a phone number: digits that stand together, seven or more.
bool is_session_id(std::string_view text);

/// Thread-safe. Keeps one exemplar for each error series, so memory is bounded by the catalogs.
class Exemplars {
 public:
  /// Keeps nothing while it is off, and forgets what it had.
  void enable(bool on);

  /// Remembers the session of every posting that is no duplicate and names one.
  void note(std::span<const Posting> batch);

  std::optional<Exemplar> find(SeriesId series) const;

 private:
  std::atomic<bool> on_ = false;
  mutable std::mutex mutex_;
  std::unordered_map<SeriesId, Exemplar> last_;
};

}  // namespace telephony
