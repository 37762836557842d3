// The way back to the listener's thread for those who finish on another one.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <thread>
#include <utility>

namespace telephony::ingest {

/// Thread-safe, and outlives the listener: what comes after close() is dropped.
class Mailbox {
 public:
  explicit Mailbox(boost::asio::io_context& io) : io_(&io) {}

  /// Called once by the listener's thread, before anybody else knows the mailbox.
  void adopt_this_thread() { thread_ = std::this_thread::get_id(); }
  bool on_its_thread() const { return std::this_thread::get_id() == thread_; }

  template <typename Task>
  void post(Task&& task) {
    const std::lock_guard lock(mutex_);
    if (io_ != nullptr) boost::asio::post(*io_, std::forward<Task>(task));
  }

  void close() {
    const std::lock_guard lock(mutex_);
    io_ = nullptr;
  }

 private:
  std::mutex mutex_;
  boost::asio::io_context* io_;
  std::thread::id thread_;
};

}  // namespace telephony::ingest
