// How far files were read, those too that are gone or may come back under another name.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/log_file.h"

namespace telephony::files {

/// Of one source. The last limits::kKnownFiles are kept.
class KnownFiles {
 public:
  explicit KnownFiles(std::string source) : source_(std::move(source)) {}

  bool empty() const { return known_.empty(); }
  void restore(const FilePosition& position, Clock::time_point now);
  void update(FileId id, const Fingerprint& fingerprint, std::uint64_t position, Clock::time_point now);
  /// The content is gone from this file, but it may turn up again, packed.
  void replaced(FileId id);

  /// How far the file was read under this id, if its content is still the same.
  std::optional<std::uint64_t> position(FileId id, LogFile& file) const;
  /// How far the file was read from which this one is packed.
  std::optional<std::uint64_t> position_of_packed(LogFile& file) const;

  /// What is to be committed with lines of this file: its position behind them, and what can be forgotten.
  std::vector<FilePosition> to_commit(FileId id, const Fingerprint& fingerprint, std::uint64_t position);

 private:
  struct Known {
    Fingerprint fingerprint;
    std::uint64_t position = 0;
    Clock::time_point seen;
  };
  void forget_oldest(std::vector<FilePosition>& positions);
  std::string key(const std::string& name) const { return source_ + '\n' + name; }

  const std::string source_;
  std::map<std::string, Known> known_;  ///< by FileId as text; with a '~' once it is replaced
};

}  // namespace telephony::files
