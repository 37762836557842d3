// Wakes a reader when something happens in the directories of its files.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

namespace telephony::files {

/// By inotify, where the system and the file system have it; a wait ends after its time in any case.
class DirectoryWatch {
 public:
  DirectoryWatch();
  ~DirectoryWatch();
  DirectoryWatch(const DirectoryWatch&) = delete;
  DirectoryWatch& operator=(const DirectoryWatch&) = delete;

  /// Watches these and no others. What is no directory is left out until the next call.
  void watch(const std::set<std::string>& directories);

  /// Until something changes, somebody calls wake(), or the time is over. False for the last.
  bool wait(std::chrono::milliseconds time);
  /// From any thread.
  void wake();

 private:
  int inotify_;
  int event_;
  std::map<std::string, int> watches_;
};

}  // namespace telephony::files
