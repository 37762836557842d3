// The files of one source: found by its globs, told apart through rotation, read in turn.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "source/known_files.h"
#include "source/log_file.h"
#include "telephony_exporter/memory/huge_pages.h"
#include "telephony_exporter/source/file_reader.h"

namespace telephony::files {

class SourceFiles {
 public:
  /// Gives lines on and waits until they are committed with their positions. False when they could not be.
  using Deliver = std::function<bool(const RawEvent& raw)>;

  /// Where lines stand while they are given on; empty until there are some.
  using Room = std::vector<char, HugePages<char>>;

  /// Sources that are read one after the other can share the room.
  SourceFiles(std::string name, Hash hash, const FileTimes& times, Room& room, Log& log)
      : name_(std::move(name)),
        hash_(std::move(hash)),
        times_(times),
        room_(room),
        log_(log),
        known_(name_) {}

  /// Takes up a position that was committed before, if it is one of this source's.
  void restore(const FilePosition& position, Clock::time_point now) { known_.restore(position, now); }

  /// The directories in which something may change.
  void add_directories(const LogFiles& settings, std::set<std::string>& directories) const;
  /// Looks which files there are now.
  void scan(const LogFiles& settings, Clock::time_point now);
  /// Reads one chunk of each file that has one. True when there may be more to read at once.
  bool read(const Deliver& deliver, Clock::time_point now);
  FileState state(Clock::time_point now);

 private:
  /// Where a file's lines begin that have not been counted.
  enum class Origin : std::uint8_t {
    known,    ///< at its position
    unclear,  ///< too little is there to say whether it is a copy
    copy,     ///< a copy of a file that is being read; at that one's position once it goes on without it
  };
  struct Content {
    Fingerprint fingerprint;
    std::uint64_t position = 0;
  };
  struct Followed {
    std::string path;
    std::unique_ptr<LogFile> file;  ///< null while it is idle among too many
    Content content;
    std::optional<Content> previous;  ///< what stood there before it was emptied
    Origin origin = Origin::known;
    FileId original;         ///< of a copy
    std::uint64_t size = 0;  ///< when it was last looked at
    Clock::time_point grew;
    bool gone = false;  ///< no glob matches it any more
  };

  void visit(const std::string& path, const LogFiles& settings, Clock::time_point now);
  void follow(Followed followed, const LogFiles& settings);
  void look(FileId id, Followed& followed, Clock::time_point now);
  void settle_origin(Followed& followed, Clock::time_point now);
  void start(Followed& followed, std::uint64_t position);
  void release_copies(FileId id, std::uint64_t position);
  bool read_one(FileId id, Followed& followed, const Deliver& deliver, Clock::time_point now);
  void drop_gone(Clock::time_point now);
  void rest(Followed& followed, Clock::time_point now);
  void complain(const std::string& path, const std::string& error);

  const std::string name_;
  const Hash hash_;
  const FileTimes& times_;
  Room& room_;
  Log& log_;
  KnownFiles known_;
  std::map<FileId, Followed> followed_;
  std::map<std::string, std::string> complaints_;  ///< what is wrong now, by path
  std::map<std::string, std::string> told_;        ///< what was wrong at the last scan
  bool first_scan_ = true;
  std::uint64_t truncations_ = 0;
  Clock::time_point caught_up_;
};

}  // namespace telephony::files
