#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "journal/disk_journal.h"

namespace telephony {
namespace {

std::string utc(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::string text(sizeof "20260101T000000Z", '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts));
  return text;
}

constexpr std::array kParts = {"", "-wal", "-shm", "-journal"};

/// A name that nothing has yet.
std::string damaged_name(const std::string& path, WallTime now) {
  const auto taken = [](const std::string& name) {
    return std::any_of(kParts.begin(), kParts.end(),
                       [&](const char* part) { return std::filesystem::exists(name + part); });
  };
  const std::string first = path + ".damaged-" + utc(now);
  std::string name = first;
  for (int i = 2; taken(name); ++i) name = first + '-' + std::to_string(i);
  return name;
}

/// Nothing is deleted: what is damaged may still tell somebody something. The database goes first, because
/// without its log it would look sound; a log that is left alone is damage, should this end half-way.
void quarantine(const std::string& path, const std::string& damage, WallTime now, Log& log) {
  const std::string name = damaged_name(path, now);
  for (const char* part : kParts) {
    std::error_code error;
    std::filesystem::rename(path + part, name + part, error);
    if (error && error != std::errc::no_such_file_or_directory) {
      throw std::runtime_error("it is damaged (" + damage + ") and cannot be put aside: " + error.message());
    }
  }
  log.error("the journal is damaged and was put aside; counting starts afresh",
            {{"journal", path}, {"kept_as", name}, {"damage", damage}});
}

std::unique_ptr<Journal> open_on_disk(const std::string& path, WallTime now, Log& log, History& history) {
  if (std::filesystem::is_directory(path)) throw std::runtime_error("it is a directory");
  const auto lock = std::make_shared<FileLock>(path + ".lock");
  std::string damage;
  try {
    expect_whole(path);
    return std::make_unique<DiskJournal>(path, lock, now, WallTime(), log, history);
  } catch (const Damage& error) {
    damage = error.what();
  } catch (const DatabaseError& error) {
    if (!error.is_damage()) throw;
    damage = error.what();
  }
  quarantine(path, damage, now, log);
  history = {};
  return std::make_unique<DiskJournal>(path, lock, now, now, log, history);
}

}  // namespace

OpenJournal open_journal(const std::string& path, WallTime now, Log& log) try {
  if (path == ":memory:") return {make_memory_journal(), {}};
  if (const auto directory = std::filesystem::path(path).parent_path(); !directory.empty()) {
    std::filesystem::create_directories(directory);
  }
  OpenJournal open;
  open.journal = open_on_disk(path, now, log, open.history);
  return open;
} catch (const std::runtime_error& error) {
  throw std::runtime_error("--journal.path '" + path + "' cannot be used: " + error.what());
}

}  // namespace telephony
