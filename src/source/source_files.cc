#include "source/source_files.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "telephony_exporter/event/limits.h"

namespace telephony::files {
namespace {

bool is_pattern(const std::string& path) { return path.find_first_of("*?[") != path.npos; }

/// The paths that a glob matches now, in order. One without wildcards is its own match, there or not.
std::vector<std::string> expand(const std::string& pattern) {
  if (!is_pattern(pattern)) return {pattern};
  glob_t found{};
  std::vector<std::string> paths;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

/// Whether the first path is one that a rotation gives to a copy of the second: log.1, log-20260101,
/// log.2.gz.
bool names_copy(const std::string& path, const std::string& original) {
  return path.size() > original.size() && path.starts_with(original) &&
         std::string_view(".-_~").find(path[original.size()]) != std::string_view::npos;
}

/// log.csv, and what a rotation makes of it.
bool is_table(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const std::size_t ending = name.find(".csv");
  return ending != name.npos && (ending + 4 == name.size() || names_copy(name, name.substr(0, ending + 4)));
}

}  // namespace

void SourceFiles::add_directories(const LogFiles& settings, std::set<std::string>& directories) const {
  const auto add = [&](const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path();
    directories.insert(directory.empty() ? "." : directory.string());
  };
  for (const std::string& pattern : settings.paths) {
    if (!is_pattern(pattern)) add(pattern);
  }
  for (const auto& [id, followed] : followed_) {
    add(followed.path);
    // What a link points to changes where it is.
    std::error_code gone;
    if (const auto real = std::filesystem::canonical(followed.path, gone); !gone) add(real.string());
  }
  for (const std::string& pattern : settings.paths) {
    // Where a directory is a pattern itself, the polls find new files.
    if (const auto directory = std::filesystem::path(pattern).parent_path(); !is_pattern(directory.string()))
      add(pattern);
  }
}

void SourceFiles::scan(const LogFiles& settings, Clock::time_point now) {
  for (auto& [id, followed] : followed_) followed.gone = true;
  told_.swap(complaints_);
  complaints_.clear();
  for (const std::string& pattern : settings.paths) {
    for (const std::string& path : expand(pattern)) visit(path, settings, now);
  }
  drop_gone(now);
  first_scan_ = false;
}

void SourceFiles::visit(const std::string& path, const LogFiles& settings, Clock::time_point now) try {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return complain(path, std::generic_category().message(errno));
  const FileId id{status.st_dev, status.st_ino};
  if (const auto found = followed_.find(id); found != followed_.end()) {
    Followed& followed = found->second;
    followed.path = path;
    followed.gone = false;
    const bool changed = static_cast<std::uint64_t>(status.st_size) != followed.size;
    if (followed.file != nullptr || !changed) return;
  }
  Followed followed;
  followed.path = path;
  followed.file = std::make_unique<LogFile>(path, hash_);
  followed.grew = now;
  if (!followed.file->compressed() || settings.compressed) follow(std::move(followed), settings);
} catch (const std::system_error& error) {
  complain(path, error.code().message());
}

void SourceFiles::follow(Followed followed, const LogFiles& settings) {
  LogFile& file = *followed.file;
  const bool skip = first_scan_ && settings.from_end && known_.empty();
  followed.content.fingerprint = file.fingerprint();
  if (const auto position = known_.position(file.id(), file)) {
    start(followed, *position);
  } else if (skip) {
    start(followed, file.size());
  } else {
    followed.origin = Origin::unclear;
  }
  followed_.insert_or_assign(file.id(), std::move(followed));
}

void SourceFiles::start(Followed& followed, std::uint64_t position) {
  followed.origin = Origin::known;
  followed.content.position = position;
  if (followed.file != nullptr) followed.file->seek(position);
}

bool SourceFiles::read(const Deliver& deliver, Clock::time_point now) {
  bool more = false;
  for (auto& [id, followed] : followed_) {
    if (followed.file != nullptr) look(id, followed, now);
  }
  for (auto& [id, followed] : followed_) {
    if (followed.file == nullptr) continue;
    if (followed.origin != Origin::known) settle_origin(followed, now);
    if (followed.origin == Origin::known) more |= read_one(id, followed, deliver, now);
    rest(followed, now);
  }
  return more;
}

/// Notices growth, and that a file was emptied or written anew under the same name.
void SourceFiles::look(FileId id, Followed& followed, Clock::time_point now) {
  LogFile& file = *followed.file;
  const std::uint64_t size = file.stored_size();
  if (size != std::exchange(followed.size, size)) followed.grew = now;
  if (file.compressed() || followed.origin != Origin::known) return;
  const Fingerprint& before = followed.content.fingerprint;
  const bool shrunk = size < followed.content.position;
  if (!shrunk && (before.bytes == 0 || file.begins_as(before))) return;
  ++truncations_;
  known_.replaced(id);
  release_copies(id, followed.content.position);
  followed.previous = std::exchange(followed.content, {file.fingerprint(), 0});
  file.seek(0);
}

/// The lines of a copy count once: they were, or will be, read from its original. What the original loses
/// when it is emptied is read from the copy.
void SourceFiles::settle_origin(Followed& followed, Clock::time_point now) {
  LogFile& file = *followed.file;
  bool related = false;
  for (const auto& [id, other] : followed_) {
    if (other.file == nullptr || other.origin != Origin::known || !names_copy(followed.path, other.path))
      continue;
    related = true;
    const auto begins_as = [&](const Fingerprint& fingerprint) {
      const bool telling = file.compressed() || fingerprint.bytes == limits::kFingerprintBytes;
      return telling && file.begins_as(fingerprint);
    };
    if (begins_as(other.content.fingerprint) && (file.compressed() || file.size() <= other.size)) {
      followed.origin = Origin::copy;
      followed.original = id;
      return;
    }
    if (other.previous && begins_as(other.previous->fingerprint))
      return start(followed, other.previous->position);
  }
  const bool may_grow = now - followed.grew < times_.unfinished_line;
  if (related && file.size() < limits::kFingerprintBytes && may_grow) return;
  start(followed, file.compressed() ? known_.position_of_packed(file).value_or(0) : 0);
}

void SourceFiles::release_copies(FileId id, std::uint64_t position) {
  for (auto& [copy_id, copy] : followed_) {
    if (copy.origin == Origin::copy && copy.original == id) start(copy, position);
  }
}

bool SourceFiles::read_one(FileId id, Followed& followed, const Deliver& deliver, Clock::time_point now) {
  LogFile& file = *followed.file;
  Content& content = followed.content;
  if (!file.compressed() && file.unread() == 0) return false;
  if (room_.empty()) room_.resize(limits::kFileChunkBytes);
  const auto chunk = file.read(now - followed.grew >= times_.unfinished_line, room_);
  if (!chunk) return false;
  if (content.fingerprint.bytes < limits::kFingerprintBytes) content.fingerprint = file.fingerprint();
  const std::vector<FilePosition> positions = known_.to_commit(id, content.fingerprint, chunk->end);
  RawEvent raw;
  raw.format = is_table(followed.path) ? BodyFormat::csv : BodyFormat::text;
  raw.body = chunk->lines;
  raw.positions = positions;
  std::string header;
  if (raw.format == BodyFormat::csv && content.position > 0) raw.csv_header = header = file.first_line();
  if (!deliver(raw)) return false;
  content.position = chunk->end;
  file.seek(chunk->end);
  known_.update(id, content.fingerprint, chunk->end, now);
  return chunk->more || file.compressed();  // only another read tells that there is no more of it
}

/// A renamed or deleted file is read as long as somebody may still write to it.
void SourceFiles::drop_gone(Clock::time_point now) {
  for (auto it = followed_.begin(); it != followed_.end();) {
    Followed& followed = it->second;
    const bool read =
        followed.file == nullptr || followed.origin != Origin::known || followed.file->unread() == 0;
    if (!followed.gone || !read || now - followed.grew < times_.rotated) {
      ++it;
      continue;
    }
    // Its number may be given to another file now, whose first lines may even be the same.
    if (followed.file != nullptr && followed.file->deleted()) known_.replaced(it->first);
    release_copies(it->first, followed.content.position);
    it = followed_.erase(it);
  }
}

/// Of very many files, those that nothing is written to are closed.
void SourceFiles::rest(Followed& followed, Clock::time_point now) {
  const bool idle = now - followed.grew >= times_.rotated && followed.file->unread() == 0;
  if (followed_.size() > limits::kOpenFiles && idle && !followed.gone) followed.file.reset();
}

void SourceFiles::complain(const std::string& path, const std::string& error) {
  complaints_[path] = error;
  const auto told = told_.find(path);
  if (told != told_.end() && told->second == error) return;
  log_.warn("a file cannot be read", {{"source", name_}, {"path", path}, {"error", error}});
}

FileState SourceFiles::state(Clock::time_point now) {
  FileState state;
  state.up = complaints_.empty();
  for (const auto& [id, followed] : followed_) {
    if (followed.file != nullptr && followed.origin != Origin::copy)
      state.lag_bytes += followed.file->unread();
  }
  if (state.lag_bytes == 0 || caught_up_ == Clock::time_point()) caught_up_ = now;
  state.lag_seconds = std::chrono::duration<double>(now - caught_up_).count();
  state.truncations = std::exchange(truncations_, 0);
  return state;
}

}  // namespace telephony::files
