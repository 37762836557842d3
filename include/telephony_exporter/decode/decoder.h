// Bytes to events, by a catalog's rules. Pure: it logs nothing, counts nothing, throws nothing, does no I/O.
#pragma once

#include <functional>
#include <memory>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

/// Splits a body into records and reads each one. Holds buffers that are used again: one per thread.
class Decoder {
 public:
  using Visit = std::function<void(const Record& record)>;
  /// Whether an event with this number in `alike` needs not be visited.
  using Again = std::function<bool(std::uint64_t alike)>;

  Decoder();
  ~Decoder();

  /// Calls `visit` once for every record of the body, in order. A body that can't be split is one Reject;
  /// blank lines and empty arrays are no records. Each record is valid during its call of `visit`.
  /// An event that was told before is visited only when `again`, if there is one, doesn't take its number.
  void decode(const Source& source, const RawEvent& raw, const Visit& visit, const Again& again = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telephony
