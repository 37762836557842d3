#include "telephony_exporter/hint/trunk_history.h"

#include <algorithm>

#include "telephony_exporter/hint/erlang.h"

namespace telephony {
namespace {

// A moment is no average.
constexpr double kLeastSeconds = 1;
// Where next to everything is refused, what was asked for cannot be told from retries.
constexpr double kMostBlocking = 0.99;

}  // namespace

std::optional<double> TrunkSpan::carried() const {
  if (seconds < kLeastSeconds) return std::nullopt;
  return call_seconds / seconds;
}

std::optional<double> TrunkSpan::blocking() const {
  if (attempts == 0) return std::nullopt;
  return std::min(1.0, static_cast<double>(refused) / attempts);
}

std::optional<double> TrunkSpan::offered() const {
  const auto calls = carried();
  if (!calls) return std::nullopt;
  return offered_traffic(*calls, std::min(blocking().value_or(0), kMostBlocking));
}

void TrunkSpan::add(const TrunkSpan& more) {
  call_seconds += more.call_seconds;
  seconds += more.seconds;
  attempts += more.attempts;
  refused += more.refused;
  peak = std::max(peak, more.peak);
  full = std::max(full, more.full);
}

bool TrunkHistory::advance(Seconds now, std::uint32_t open) {
  bool began = false;
  if (now - begun_ >
      kTrunkPeriod * kTrunkPeriods) {  // nothing asked for so long that only the last day is of use
    now_ = begun_ = now - kTrunkPeriod * kTrunkPeriods;
  }
  while (now_ < now) {
    if (now_ >= begun_ + kTrunkPeriod) {
      begin_period(open);
      began = true;
    }
    const Seconds until = std::min(now, begun_ + kTrunkPeriod);
    present().seconds += (until - now_).count();
    present().call_seconds += open * (until - now_).count();
    now_ = until;
  }
  return began;
}

void TrunkHistory::begin_period(std::uint32_t open) {
  begun_ += kTrunkPeriod;
  if (periods_.size() < kTrunkPeriods) {
    periods_.emplace_back();
    present_ = periods_.size() - 1;
  } else {
    present_ = (present_ + 1) % kTrunkPeriods;
    periods_[present_] = {};
  }
  present().peak = open;
}

const TrunkSpan& TrunkHistory::ago(std::size_t periods) const {
  return periods_[(present_ + periods_.size() - periods) % periods_.size()];
}

TrunkSpan TrunkHistory::last(std::size_t periods) const {
  TrunkSpan sum;
  for (std::size_t i = 0; i < std::min(periods, periods_.size()); ++i) sum.add(ago(i));
  return sum;
}

TrunkSpan TrunkHistory::busiest_hour() const {
  TrunkSpan busiest;
  const std::size_t hours = periods_.size() - std::min(periods_.size(), kPeriodsAnHour) + 1;
  for (std::size_t end = 0; end < hours; ++end) {
    TrunkSpan hour;
    for (std::size_t i = end; i < std::min(end + kPeriodsAnHour, periods_.size()); ++i) hour.add(ago(i));
    if (hour.offered().value_or(0) > busiest.offered().value_or(0) || end == 0) busiest = hour;
  }
  return busiest;
}

}  // namespace telephony
