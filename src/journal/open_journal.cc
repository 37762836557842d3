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

/// A name that nothing has yet.
std::string damaged_name(const std::string& path, WallTime now) {
  const std::string first = path + ".damaged-" + utc(now);
  std::string name = first;
  for (int i = 2; std::filesystem::exists(name); ++i) name = first + '-' + std::to_string(i);
  return name;
}

/// Nothing is deleted: what is damaged may still tell somebody something.
void quarantine(const std::string& path, const std::string& damage, WallTime now, Log& log) {
  const std::string name = damaged_name(path, now);
  std::filesystem::rename(path, name);
  for (const char* suffix : {"-wal", "-shm"}) {
    std::error_code missing;
    std::filesystem::rename(path + suffix, name + suffix, missing);
  }
  log.error("the journal is damaged and was put aside; counting starts afresh",
            {{"journal", path}, {"kept_as", name}, {"damage", damage}});
}

std::unique_ptr<Journal> open_on_disk(const std::string& path, WallTime now, Log& log, History& history) {
  const auto lock = std::make_shared<FileLock>(path + ".lock");
  std::string damage;
  try {
    return std::make_unique<DiskJournal>(path, lock, now, log, history);
  } catch (const Damage& error) {
    damage = error.what();
  } catch (const DatabaseError& error) {
    if (!error.is_damage()) throw;
    damage = error.what();
  }
  quarantine(path, damage, now, log);
  history = {};
  auto journal = std::make_unique<DiskJournal>(path, lock, now, log, history);
  journal->set_quarantined(now);
  return journal;
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
