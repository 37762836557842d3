// The metrics page, made once for all who wait for it and sent without a copy.
#pragma once

#include <prometheus/collectable.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "telephony_exporter/expose/exposition.h"

namespace telephony {

/// Bytes that several replies may send at the same time; the last one frees them.
using SharedText = std::shared_ptr<const std::string>;

/// The memory of a page that its last reader has let go of: the next page is written over it, because memory
/// that is there already costs no page faults. Thread-safe.
class SpareText {
 public:
  void put(std::string text);
  std::string take();
  /// Frees it unless it is small; whether it was not.
  bool drop_large();

 private:
  std::mutex mutex_;
  std::string text_;
};

/// Thread-safe.
class TelemetryPage {
 public:
  using Clock = std::chrono::steady_clock;

  explicit TelemetryPage(std::vector<const prometheus::Collectable*> sources);

  /// A page that was begun after `arrived`. Those who ask while one is being made share the next, so a crowd
  /// of scrapes costs a few pages, not many; and each page is compressed once.
  SharedText get(PageFormat format, bool gzipped, Clock::time_point arrived);

  /// Whether a page takes so little time that it may be made where others wait for it: the one before did,
  /// and none is being made.
  bool is_quick(PageFormat format) const {
    return latest_.at(static_cast<std::size_t>(format)).quick.load(std::memory_order_relaxed);
  }

  /// Lets go of the pages that were begun before `time`, and of spare memory that is not small; never waits
  /// for a page that is being made. Whether much was freed.
  bool forget(Clock::time_point time);

 private:
  struct Version {
    explicit Version(std::shared_ptr<SpareText> to) : spare(std::move(to)) {}
    Version(const Version&) = delete;
    Version& operator=(const Version&) = delete;
    ~Version() { spare->put(std::move(text)); }

    const std::shared_ptr<SpareText> spare;
    Clock::time_point begun;
    std::string text;
    std::once_flag packing;
    std::string packed;
  };
  struct Latest {
    std::mutex making;
    std::atomic<bool> quick = false;
    std::shared_ptr<Version> version;
    std::shared_ptr<SpareText> spare = std::make_shared<SpareText>();  ///< a reply may outlive the server
  };

  std::shared_ptr<Version> begun_after(Clock::time_point time, PageFormat format);

  std::vector<const prometheus::Collectable*> sources_;
  std::array<Latest, 2> latest_;  ///< by format
};

}  // namespace telephony
