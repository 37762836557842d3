// Memory that is wanted soon, made ready while nobody waits for it.
#pragma once

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <future>

namespace telephony {

/// The kernel clears a page when it is first written to. For one of 2 MB that takes as long as dozens of
/// requests, and far longer in a virtual machine whose host has to find the memory first. Another thread has
/// it done instead, of the least priority where that may be asked for. One piece at a time; not thread-safe.
class PageMapper {
 public:
  /// Begins to map the pages that hold this memory, unless it is still at what it was asked before. They may
  /// be used meanwhile, and are not to be given back before this object is gone. Kernels before 5.14 do
  /// nothing; then, as wherever it comes too late, who writes first waits.
  void map(void* memory, std::size_t bytes) {
    if (!idle()) return;
    try {
      mapping_ = std::async(std::launch::async, [=] { populate(static_cast<char*>(memory), bytes); });
    } catch (const std::exception&) {  // there is no thread, or no memory for one
    }
  }
  /// What was begun is done.
  bool idle() const {
    return !mapping_.valid() || mapping_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }

 private:
  static constexpr std::size_t kAtOnce = 65536;  ///< of small pages; others can map theirs in between

  static void populate(char* memory, std::size_t bytes) {
    // Of this thread: any other one goes before it at once. But a filter of system calls may end who tries
    // to, as SystemCallFilter=~@resources of systemd does.
    const sched_param none{};
    if (::prctl(PR_GET_SECCOMP) == 0) ::sched_setscheduler(0, SCHED_IDLE, &none);
    for (std::size_t at = 0; at < bytes; at += kAtOnce) {
      ::madvise(memory + at, std::min(kAtOnce, bytes - at), MADV_POPULATE_WRITE);
    }
  }

  std::future<void> mapping_;
};

}  // namespace telephony
