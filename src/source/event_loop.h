// What the ingest listener's sockets are ready for, by epoll.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "source/clock.h"
#include "source/descriptor.h"

namespace telephony::ingest {

class Watcher {
 public:
  /// `events` as of epoll; none when it is only its turn again.
  virtual void on_ready(std::uint32_t events) = 0;

 protected:
  ~Watcher() = default;
};

/// On one thread. A general loop takes a second recv, and a handler's memory and locks, for every request;
/// here one call tells of all the sockets that became ready, and each of them costs no other.
class EventLoop {
 public:
  EventLoop();

  /// Tells once of everything that arrives (edge-triggered), until the file is closed: who did not take in
  /// all of it asks for another turn. The watcher must live until the round in which it closed is over. False
  /// when the kernel has no memory for one more, as for the next.
  bool watch_edges(int fd, Watcher& watcher);
  /// Tells in every round.
  bool watch(int fd, Watcher& watcher);
  void forget(int fd);

  /// Another turn in the next round, behind the others.
  void again(std::shared_ptr<Watcher> watcher) { again_.push_back(std::move(watcher)); }

  /// One round: waits until something is ready or it is `until`, and tells the watchers.
  void wait(Clock::time_point until);

  /// When this round began: for deadlines, which need not be exact.
  Clock::time_point now() const { return now_; }

 private:
  bool add(int fd, std::uint32_t events, Watcher& watcher);

  Descriptor epoll_;
  Clock::time_point now_ = Clock::now();
  std::vector<std::shared_ptr<Watcher>> again_;
  std::vector<std::shared_ptr<Watcher>> turns_;  ///< of this round
};

}  // namespace telephony::ingest
