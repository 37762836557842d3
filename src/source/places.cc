#include "source/places.h"

#include <algorithm>

#include "source/connection.h"
#include "telephony_exporter/event/limits.h"

namespace telephony::ingest {
namespace {

constexpr std::size_t kPlaces = limits::kIngestBodyBytes / limits::kBodyBytes;

}  // namespace

bool Places::take(const std::shared_ptr<Connection>& connection) {
  if (holders_.size() == kPlaces) {
    waiting_.push_back(connection);
    return false;
  }
  holders_.push_back({connection.get(), Clock::now()});
  return true;
}

void Places::leave(const Connection& connection) {
  std::erase_if(holders_, [&](const Holder& holder) { return holder.connection == &connection; });
  const auto next = first_waiting();
  if (!next || holders_.size() == kPlaces) return;
  waiting_.pop_front();
  holders_.push_back({next.get(), Clock::now()});
  next->go_on();
}

void Places::clear_since(Clock::time_point then) {
  while (!holders_.empty() && holders_.front().since < then && first_waiting()) {
    const auto first = holders_.front().connection->shared_from_this();
    first->make_room();
  }
}

std::shared_ptr<Connection> Places::first_waiting() {
  while (!waiting_.empty()) {
    auto first = waiting_.front().lock();
    if (first && first->waits()) return first;
    waiting_.pop_front();
  }
  return nullptr;
}

}  // namespace telephony::ingest
