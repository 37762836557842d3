// One log file: its whole lines in order, from a position on. Plain, or compressed by gzip.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "telephony_exporter/event/posting.h"

namespace telephony::files {

using Clock = std::chrono::steady_clock;
using Hash = std::function<EventKey(std::string_view bytes)>;

/// What the system tells files apart by; used again once a file is deleted.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  auto operator<=>(const FileId&) const = default;
  std::string to_string() const;
};

/// The first bytes of a file, hashed; they stay the same while it grows.
struct Fingerprint {
  std::size_t bytes = 0;  ///< how many of them
  EventKey hash;
  bool operator==(const Fingerprint&) const = default;

  std::string to_string() const;
  static Fingerprint parse(const std::string& text);  ///< of no bytes when it is none
};

/// Lines to be given on, and where the next ones begin.
struct Chunk {
  std::string_view lines;  ///< in the room that was given; a line that is too long is cut
  std::uint64_t end = 0;
  bool more = true;  ///< there was more to read than the room holds
};

class LogFile {
 public:
  /// Throws std::system_error when it cannot be opened or is no regular file.
  LogFile(const std::string& path, Hash hash);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  FileId id() const { return id_; }
  bool compressed() const { return compressed_; }

  /// The fingerprint of as many first bytes as there are, up to limits::kFingerprintBytes.
  Fingerprint fingerprint();
  /// Whether the content begins as it did when the fingerprint was taken.
  bool begins_as(const Fingerprint& fingerprint);

  void seek(std::uint64_t position);
  std::uint64_t position() const { return position_; }
  std::uint64_t size() const;         ///< of a compressed one, the position once all is read
  std::uint64_t stored_size() const;  ///< on the disk
  std::uint64_t unread() const;       ///< bytes, as they stand on the disk
  bool deleted() const;               ///< it has no name any more
  std::string first_line();           ///< without its end; empty when it is longer than a line may be

  /// The next whole lines; `to_end` takes an unfinished last one too. Nothing when there are none yet. `room`
  /// is of limits::kFileChunkBytes, and has to outlive the chunk only: of very many files most have nothing
  /// new, and share it.
  std::optional<Chunk> read(bool to_end, std::span<char> room);

 private:
  class Bytes;
  std::string first_bytes(std::size_t count);

  Hash hash_;
  FileId id_;
  bool compressed_ = false;
  std::unique_ptr<Bytes> bytes_;
  std::uint64_t position_ = 0;
  std::uint64_t searched_ = 0;  ///< of a line that is too long: up to here it goes on
};

}  // namespace telephony::files
