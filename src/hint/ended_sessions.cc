#include "telephony_exporter/hint/ended_sessions.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace telephony {
namespace {

constexpr std::size_t kFirstLines = 16;

/// 0 stands for a free place.
std::uint64_t key_of(std::uint64_t session) { return session == 0 ? UINT64_MAX : session; }

}  // namespace

EndedSessions::EndedSessions(std::size_t limit, std::chrono::seconds memory)
    : most_lines_(std::bit_ceil(std::max(limit / 2, kFirstLines))),
      memory_(static_cast<std::uint32_t>(
          std::clamp<std::int64_t>(memory.count(), 0, std::numeric_limits<std::uint16_t>::max()))) {}

bool EndedSessions::Line::contains(std::uint64_t key, std::uint32_t now, std::uint32_t memory) const {
  for (std::size_t i = 0; i < kPlaces; ++i) {
    if (sessions[i] == key) return age(i, now) < memory;
  }
  return false;
}

/// What is older than the memory is taken out, so no two times of a line are further apart than 16 bits can
/// tell.
std::size_t EndedSessions::Line::forget(std::uint32_t now, std::uint32_t memory) {
  std::size_t left = 0;
  while (left < kPlaces && sessions[left] != 0 && age(left, now) < memory) ++left;
  std::fill(sessions.begin() + left, sessions.end(), 0);
  return left;
}

void EndedSessions::Line::push(std::uint64_t key, std::uint32_t now) {
  std::copy_backward(sessions.begin(), sessions.end() - 1, sessions.end());
  std::copy_backward(ended.begin(), ended.end() - 1, ended.end());
  sessions[0] = key;
  ended[0] = static_cast<std::uint16_t>(now);
  written = now;
}

void EndedSessions::add(std::uint64_t session, std::uint32_t now) {
  if (lines_.empty()) lines_.resize(kFirstLines);
  const std::uint64_t key = key_of(session);
  if (line(key).contains(key, now, memory_)) return;
  while (line(key).forget(now, memory_) == kPlaces && lines_.size() < most_lines_) grow();
  line(key).push(key, now);
}

bool EndedSessions::contains(std::uint64_t session, std::uint32_t now) const {
  const std::uint64_t key = key_of(session);
  return !lines_.empty() && line(key).contains(key, now, memory_);
}

/// What shared a line is spread over two, in its order.
void EndedSessions::grow() {
  const std::size_t half = lines_.size();
  const auto before = std::exchange(lines_, decltype(lines_)(2 * half));
  for (const Line& from : before) {
    std::array<std::size_t, 2> used{};
    for (std::size_t i = 0; i < kPlaces && from.sessions[i] != 0; ++i) {
      Line& to = line(from.sessions[i]);
      const std::size_t place = used[(from.sessions[i] & half) != 0 ? 1 : 0]++;
      to.sessions[place] = from.sessions[i];
      to.ended[place] = from.ended[i];
      to.written = from.written;
    }
  }
}

}  // namespace telephony
