#include "source/event_loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace telephony::ingest {
namespace {

constexpr std::size_t kEventsInRound = 256;
constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kNearBytes = 9 * kLineBytes;  // a connection

int milliseconds_until(Clock::time_point until, Clock::time_point now) {
  using std::chrono::milliseconds;
  const auto wait = std::chrono::ceil<milliseconds>(until - now);
  return static_cast<int>(std::clamp(wait, milliseconds(0), milliseconds(60'000)).count());
}

/// Brings the next watcher into the cache while another is told: of many, each would have to be waited for.
void prefetch(const void* watcher) {
  const auto begin = reinterpret_cast<std::uintptr_t>(watcher);
  for (auto line = begin; line < begin + kNearBytes; line += kLineBytes) {
    __builtin_prefetch(reinterpret_cast<const void*>(line));  // NOLINT(performance-no-int-to-ptr): never read
  }
}

}  // namespace

EventLoop::EventLoop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_.is_open()) throw std::system_error(errno, std::system_category(), "epoll_create1");
}

bool EventLoop::add(int fd, std::uint32_t events, Watcher& watcher) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watcher;
  return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool EventLoop::watch_edges(int fd, Watcher& watcher) {
  return add(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, watcher);
}

bool EventLoop::watch(int fd, Watcher& watcher) { return add(fd, EPOLLIN, watcher); }

void EventLoop::forget(int fd) {
  epoll_event unused{};
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, &unused);
}

void EventLoop::wait(Clock::time_point until) {
  std::array<epoll_event, kEventsInRound> events;
  const int patience = again_.empty() ? milliseconds_until(until, Clock::now()) : 0;
  const int ready = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), patience);
  now_ = Clock::now();
  turns_.swap(again_);
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (i + 1 < ready) prefetch(events[static_cast<std::size_t>(i) + 1].data.ptr);
    static_cast<Watcher*>(event.data.ptr)->on_ready(event.events);
  }
  for (const auto& watcher : turns_) watcher->on_ready(0);
  turns_.clear();
}

}  // namespace telephony::ingest
