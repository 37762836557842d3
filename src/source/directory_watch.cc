#include "source/directory_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace telephony::files {
namespace {

constexpr std::uint32_t kChanges =
    IN_CREATE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR;

void drain(int file) {
  std::array<char, 4096> bytes;
  while (read(file, bytes.data(), bytes.size()) > 0) continue;
}

}  // namespace

DirectoryWatch::DirectoryWatch()
    : inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

DirectoryWatch::~DirectoryWatch() {
  close(inotify_);
  close(event_);
}

void DirectoryWatch::watch(const std::set<std::string>& directories) {
  std::erase_if(watches_, [&](const auto& watch) {
    if (directories.contains(watch.first)) return false;
    inotify_rm_watch(inotify_, watch.second);
    return true;
  });
  for (const std::string& directory : directories) {
    // A directory that was removed and made again is a new one, so the watch is asked for each time.
    const int watch = inotify_add_watch(inotify_, directory.c_str(), kChanges);
    if (watch >= 0) watches_[directory] = watch;
  }
}

bool DirectoryWatch::wait(std::chrono::milliseconds time) {
  std::array<pollfd, 2> waiting = {pollfd{inotify_, POLLIN, 0}, pollfd{event_, POLLIN, 0}};
  const bool woken = poll(waiting.data(), waiting.size(), static_cast<int>(time.count())) > 0;
  drain(inotify_);
  drain(event_);
  return woken;
}

void DirectoryWatch::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(event_, &one, sizeof one);
}

}  // namespace telephony::files
