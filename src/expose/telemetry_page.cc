#include "expose/telemetry_page.h"

#include <utility>

#include "expose/gzip.h"

namespace telephony {

namespace {

constexpr std::size_t kSmallBytes = 256 * 1024;

constexpr std::chrono::milliseconds kQuick{1};

}  // namespace

void SpareText::put(std::string text) {
  const std::lock_guard lock(mutex_);
  if (text.capacity() > text_.capacity()) text_.swap(text);
}

std::string SpareText::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(text_, {});
}

bool SpareText::drop_large() {
  std::string dropped;
  const std::lock_guard lock(mutex_);
  if (text_.capacity() <= kSmallBytes) return false;
  text_.swap(dropped);
  return true;
}

TelemetryPage::TelemetryPage(std::vector<const prometheus::Collectable*> sources)
    : sources_(std::move(sources)) {}

SharedText TelemetryPage::get(PageFormat format, bool gzipped, Clock::time_point arrived) {
  const auto version = begun_after(arrived, format);
  if (!gzipped) return {version, &version->text};
  std::call_once(version->packing, [&] { version->packed = gzip(version->text); });
  return {version, &version->packed};
}

std::shared_ptr<TelemetryPage::Version> TelemetryPage::begun_after(Clock::time_point time,
                                                                   PageFormat format) {
  Latest& latest = latest_.at(static_cast<std::size_t>(format));
  const std::lock_guard lock(latest.making);
  if (!latest.version || latest.version->begun < time) {
    latest.quick.store(false, std::memory_order_relaxed);
    latest.version.reset();  // so that the new page may take its memory
    auto next = std::make_shared<Version>(latest.spare);
    next->begun = Clock::now();
    next->text = exposition(sources_, format, latest.spare->take());
    latest.quick.store(Clock::now() - next->begun < kQuick, std::memory_order_relaxed);
    latest.version = std::move(next);
  }
  return latest.version;
}

bool TelemetryPage::forget(Clock::time_point time) {
  bool any = false;
  for (Latest& latest : latest_) {
    const std::unique_lock lock(latest.making, std::try_to_lock);
    if (!lock) continue;
    if (latest.version && latest.version->begun < time) latest.version.reset();
    any = latest.spare->drop_large() || any;
  }
  return any;
}

}  // namespace telephony
