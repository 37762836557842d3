#include "telephony_exporter/journal/inspect.h"

#include <filesystem>
#include <set>

#include "journal/store.h"

namespace telephony {
namespace {

void read(const std::string& path, JournalReport& report) {
  expect_whole(path);
  Store store(path, Database::Access::read_only, {});
  const History history = store.load([&](const KeyRun& run) {
    if (run.keys.empty()) return;
    if (report.dedup_keys == 0) report.newest_key = run.since;
    report.oldest_key = run.since;
    report.dedup_keys += run.keys.size();
  });
  report.created = store.created();
  report.quarantined = store.quarantined();
  report.unpacked_batches = store.unpacked().batches;
  report.series = history.table.errors().size();
  report.positions = history.positions.size();
  report.raised_hints = history.hints.size();
  std::set<std::string> accounts;
  for (const auto& row : history.errors) {
    report.errors += row.count;
    accounts.insert(row.account);
  }
  for (const auto& row : history.sessions) {
    report.sessions += row.count;
    accounts.insert(row.account);
  }
  accounts.erase("");
  report.accounts = accounts.size();
}

}  // namespace

JournalReport inspect_journal(const std::string& path) {
  JournalReport report;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(path + suffix, missing);
    if (!missing) report.bytes += bytes;
  }
  try {
    read(path, report);
  } catch (const Damage& error) {
    report.damage = error.what();
  } catch (const DatabaseError& error) {
    if (!error.is_damage()) throw std::runtime_error("'" + path + "' cannot be read: " + error.what());
    report.damage = error.what();
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("'" + path + "' is no journal that can be read: " + error.what());
  }
  return report;
}

}  // namespace telephony
