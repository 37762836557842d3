#include "telephony_exporter/source/file_reader.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "source/directory_watch.h"
#include "source/source_files.h"

namespace telephony {

using files::Clock;
using files::SourceFiles;

namespace {

constexpr int kScanShare = 10;  // scans take at most a tenth of the time

}  // namespace

class FileReader::Impl {
 public:
  Impl(const Live& live, std::vector<FilePosition> positions, FileHooks hooks, FileTimes times, Log& log)
      : live_(live), positions_(std::move(positions)), hooks_(std::move(hooks)), times_(times), log_(log) {
    thread_ = std::thread([this] { run(); });
  }

  void stop() {
    stopping_ = true;
    watch_.wake();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    while (!stopping_) {
      const std::shared_ptr<const Settings> settings = live_.get();
      const Clock::time_point begin = Clock::now();
      if (round(*settings) || stopping_) continue;
      // What changed just after a scan may be a new file, so the next scan must not wait for the next change.
      const auto until_scan = std::chrono::ceil<std::chrono::milliseconds>(scan_after_ - Clock::now());
      const bool early = changed_ && until_scan.count() > 0;
      changed_ |= watch_.wait(early ? std::min(until_scan, times_.poll) : times_.poll);
      // A busy log changes with each of its lines, and to look at it costs more than to read a line.
      std::this_thread::sleep_until(begin + limits::kFilePace);
    }
  }

  /// Every file of every source in turn, so that one that grows fast holds up none of the others.
  bool round(const Settings& settings) {
    const Clock::time_point now = Clock::now();
    const bool scans = now >= scan_after_;
    if (scans) {
      scan_after_ = now + limits::kFileScan;
      changed_ = false;
    }
    std::set<std::string> directories;
    Clock::duration scanning{};
    bool more = false;
    for (const Source& source : settings.sources) {
      if (source.files() == nullptr) continue;
      SourceFiles& files = files_of(source.name, now);
      if (scans) {
        const Clock::time_point begin = Clock::now();
        files.scan(*source.files(), now);
        files.add_directories(*source.files(), directories);
        scanning += Clock::now() - begin;
      }
      more |= files.read([&](const RawEvent& raw) { return deliver(source, raw); }, now);
      hooks_.state(source, files.state(now));
    }
    if (scans) watch_.watch(directories);
    // Where a scan takes long, because there are very many files, it is done less often.
    if (scans) scan_after_ = std::max(scan_after_, now + kScanShare * scanning);
    return more;
  }

  SourceFiles& files_of(const std::string& name, Clock::time_point now) {
    const auto [found, added] = sources_.try_emplace(name, name, hooks_.hash, times_, room_, log_);
    if (added) {
      for (const FilePosition& position : positions_) found->second.restore(position, now);
    }
    return found->second;
  }

  /// False when the lines were not committed; they are still in their file.
  bool deliver(const Source& source, const RawEvent& raw) {
    if (stopping_ || !hooks_.can_commit()) return false;
    std::optional<bool> committed;
    hooks_.accept(source, raw, [&](const Receipt& receipt) {
      const std::lock_guard lock(mutex_);
      committed = !receipt.unavailable;
      answered_.notify_one();
    });
    std::unique_lock lock(mutex_);
    answered_.wait(lock, [&] { return committed.has_value(); });
    return *committed;
  }

  const Live& live_;
  const std::vector<FilePosition> positions_;
  const FileHooks hooks_;
  const FileTimes times_;
  Log& log_;
  files::DirectoryWatch watch_;
  SourceFiles::Room room_;
  std::map<std::string, SourceFiles>
      sources_;  ///< by name; kept when a reload removes one, which may come back
  Clock::time_point scan_after_;
  bool changed_ = false;  ///< since the last scan
  std::mutex mutex_;
  std::condition_variable answered_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

FileReader::FileReader(const Live& live, std::vector<FilePosition> positions, FileHooks hooks, Log& log,
                       const FileTimes& times)
    : impl_(std::make_unique<Impl>(live, std::move(positions), std::move(hooks), times, log)) {}

FileReader::~FileReader() { impl_->stop(); }

void FileReader::stop() { impl_->stop(); }

}  // namespace telephony
