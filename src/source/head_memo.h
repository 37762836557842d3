// The heads that were let in lately. A sender repeats his from request to request, but for the length, and
// then it need not be parsed and judged again.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "source/head.h"
#include "source/request.h"

namespace telephony::ingest {

/// Remembered is only what was let in for its bytes alone: a request to a source that asks for no proof and
/// takes it from everywhere, and that leaves no view into its head. It is good for the settings that let it
/// in, and for no others.
class HeadMemo {
 public:
  /// When `bytes` begin with a remembered head, or with one that differs from it in the digits of its
  /// Content-Length alone: completes `request`, as admit() would, and returns how long the head is. Otherwise
  /// 0. `request` has its settings already.
  std::size_t recall(std::string_view bytes, Request& request) const;

  /// Remembers, in place of the oldest, what admit() let in. `bytes` begin with the head.
  void remember(std::string_view bytes, const Head& head, const Request& request);

  /// Forgets what other settings than these let in.
  void keep_only(const Settings& settings);

 private:
  struct Entry {
    std::string before;  ///< the length's digits
    std::string after;
    Request request;
  };

  std::array<Entry, 4> entries_;
  std::size_t oldest_ = 0;
};

}  // namespace telephony::ingest
