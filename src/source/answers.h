// Receipts on their way back to the listener's thread from those who finish on another one.
#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "source/descriptor.h"
#include "telephony_exporter/event/event.h"

namespace telephony::ingest {

class Connection;

/// Thread-safe, and outlives the listener: what comes after close() is dropped. The listener is woken once
/// for all the receipts that come before it looks.
class Answers {
 public:
  struct Answer {
    std::weak_ptr<Connection> to;
    Receipt receipt;
  };

  /// Called once by the listener's thread, before anybody else knows the answers.
  void adopt_this_thread() { thread_ = std::this_thread::get_id(); }
  bool on_its_thread() const { return std::this_thread::get_id() == thread_; }

  void post(Answer answer) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    if (waiting_.empty()) wake();
    waiting_.push_back(std::move(answer));
  }

  /// Takes all that wait, in exchange for a vector whose memory can be used again.
  void take(std::vector<Answer>& taken) {
    std::uint64_t unused = 0;
    [[maybe_unused]] const ssize_t read = ::read(bell_.get(), &unused, sizeof unused);
    taken.clear();
    const std::lock_guard lock(mutex_);
    waiting_.swap(taken);
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting_.clear();
  }

  /// Becomes readable when there is something to take, or when somebody called.
  int bell() const { return bell_.get(); }
  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(bell_.get(), &one, sizeof one);
  }

 private:
  std::mutex mutex_;
  std::vector<Answer> waiting_;
  bool closed_ = false;
  Descriptor bell_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::thread::id thread_;
};

}  // namespace telephony::ingest
