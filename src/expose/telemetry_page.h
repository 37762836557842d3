// The metrics page, made once for all who wait for it and sent without a copy.
#pragma once

#include <prometheus/collectable.h>

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "telephony_exporter/expose/exposition.h"

namespace telephony {

/// Bytes that several replies may send at the same time; the last one frees them.
using SharedText = std::shared_ptr<const std::string>;

/// Thread-safe.
class TelemetryPage {
 public:
  using Clock = std::chrono::steady_clock;

  explicit TelemetryPage(std::vector<const prometheus::Collectable*> sources);

  /// A page that was begun after `arrived`. Those who ask while one is being made share the next, so a crowd
  /// of scrapes costs a few pages, not many; and each page is compressed once.
  SharedText get(PageFormat format, bool gzipped, Clock::time_point arrived);

  /// Lets go of the pages that were begun before `time`; never waits for one that is being made. Whether
  /// there were any.
  bool forget(Clock::time_point time);

 private:
  struct Version {
    Clock::time_point begun;
    std::string text;
    std::once_flag packing;
    std::string packed;
  };
  struct Latest {
    std::mutex making;
    std::shared_ptr<Version> version;
  };

  std::shared_ptr<Version> begun_after(Clock::time_point time, PageFormat format);

  std::vector<const prometheus::Collectable*> sources_;
  std::array<Latest, 2> latest_;  ///< by format
};

}  // namespace telephony
