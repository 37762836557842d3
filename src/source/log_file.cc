#include "source/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <system_error>

#include "telephony_exporter/event/limits.h"

namespace telephony::files {
namespace {

std::system_error error(const std::string& path, int number) {
  return {number, std::generic_category(), path};
}

struct stat status_of(int file) {
  struct stat status {};
  fstat(file, &status);
  return status;
}

}  // namespace

/// What a file says at a position, unpacked if need be.
class LogFile::Bytes {
 public:
  explicit Bytes(const std::string& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (file_ < 0) throw error(path, errno);
    const mode_t mode = status_of(file_).st_mode;
    if (S_ISREG(mode)) return;
    close(file_);
    throw error(path, S_ISDIR(mode) ? EISDIR : EINVAL);
  }
  ~Bytes() {
    if (packed_ != nullptr) gzclose(packed_);
    close(file_);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  struct stat status() const {
    return status_of(file_);
  }

  bool is_gzip() const {
    std::array<unsigned char, 2> magic{};
    return pread(file_, magic.data(), magic.size(), 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
  }
  void unpack() { packed_ = gzdopen(dup(file_), "rb"); }

  /// How many bytes there were, at most `count`; 0 at the end, and behind what is damaged.
  std::size_t read(std::uint64_t position, char* out, std::size_t count) {
    if (packed_ == nullptr) {
      const ssize_t got = pread(file_, out, count, static_cast<off_t>(position));
      return got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    if (gzseek(packed_, static_cast<z_off_t>(position), SEEK_SET) < 0) return 0;
    const int got = gzread(packed_, out, static_cast<unsigned>(count));
    at_end_ = got < static_cast<int>(count);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  bool at_end() const { return at_end_; }

 private:
  int file_;
  gzFile packed_ = nullptr;
  bool at_end_ = false;
};

std::string FileId::to_string() const { return std::to_string(device) + ':' + std::to_string(inode); }

std::string Fingerprint::to_string() const {
  std::array<char, 64> text;
  const int length =
      std::snprintf(text.data(), text.size(), "%zu:%016" PRIx64 "%016" PRIx64, bytes, hash.high, hash.low);
  return {text.data(), static_cast<std::size_t>(length)};
}

Fingerprint Fingerprint::parse(const std::string& text) {
  Fingerprint out;
  const int read =
      std::sscanf(text.c_str(), "%zu:%16" SCNx64 "%16" SCNx64, &out.bytes, &out.hash.high, &out.hash.low);
  return read == 3 ? out : Fingerprint();
}

LogFile::LogFile(const std::string& path, Hash hash)
    : hash_(std::move(hash)), bytes_(std::make_unique<Bytes>(path)) {
  const struct stat status = bytes_->status();
  id_ = {status.st_dev, status.st_ino};
  compressed_ = bytes_->is_gzip();
  if (compressed_) bytes_->unpack();
}

LogFile::~LogFile() = default;

std::string LogFile::first_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  bytes.resize(bytes_->read(0, bytes.data(), count));
  return bytes;
}

Fingerprint LogFile::fingerprint() {
  const std::string bytes = first_bytes(limits::kFingerprintBytes);
  return {bytes.size(), hash_(bytes)};
}

bool LogFile::begins_as(const Fingerprint& fingerprint) {
  if (fingerprint.bytes == 0 || fingerprint.bytes > limits::kFingerprintBytes) return false;
  const std::string bytes = first_bytes(fingerprint.bytes);
  return bytes.size() == fingerprint.bytes && hash_(bytes) == fingerprint.hash;
}

void LogFile::seek(std::uint64_t position) {
  position_ = position;
  searched_ = 0;
}

std::uint64_t LogFile::size() const {
  return compressed_ ? position_ : static_cast<std::uint64_t>(bytes_->status().st_size);
}

std::uint64_t LogFile::stored_size() const { return static_cast<std::uint64_t>(bytes_->status().st_size); }

bool LogFile::deleted() const { return bytes_->status().st_nlink == 0; }

std::string LogFile::first_line() {
  const std::string bytes = first_bytes(limits::kLineBytes);
  const std::size_t end = bytes.find('\n');
  return end == bytes.npos ? "" : bytes.substr(0, end);
}

std::uint64_t LogFile::unread() const {
  const auto size = static_cast<std::uint64_t>(bytes_->status().st_size);
  if (compressed_) return bytes_->at_end() ? 0 : size;
  return size > position_ ? size - position_ : 0;
}

std::optional<Chunk> LogFile::read(bool to_end, std::span<char> room) {
  if (searched_ <= position_) {
    const std::size_t got = bytes_->read(position_, room.data(), room.size());
    const std::string_view all(room.data(), got);
    const std::size_t newline = all.rfind('\n');
    const bool more = got == room.size();
    if (newline != all.npos) return Chunk{all.substr(0, newline + 1), position_ + newline + 1, more};
    if (!more) {
      if (got == 0 || !to_end) return std::nullopt;
      return Chunk{all, position_ + got, more};
    }
    searched_ = position_ + got;
  }
  // The line is longer than a chunk. Only its end is looked for, and its beginning is given on to be refused.
  for (std::size_t got = 1; got > 0; searched_ += got) {
    got = bytes_->read(searched_, room.data(), room.size());
    const std::size_t newline = std::string_view(room.data(), got).find('\n');
    const bool ends = newline < got;
    if (!ends && (got > 0 || !to_end)) continue;
    const std::uint64_t end = searched_ + (ends ? newline + 1 : got);
    const std::size_t begin = bytes_->read(position_, room.data(), limits::kLineBytes + 1);
    return Chunk{std::string_view(room.data(), begin), end};
  }
  return std::nullopt;
}

}  // namespace telephony::files
