#include "main/serve.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <optional>
#include <thread>

#include "telephony_exporter/expose/web_server.h"
#include "telephony_exporter/pipeline/pipeline.h"
#include "telephony_exporter/record/hint_metrics.h"
#include "telephony_exporter/source/file_reader.h"
#include "telephony_exporter/source/ingest_server.h"
#include "telephony_exporter/source/stream_reader.h"
#include "telephony_exporter/source/syslog_server.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

/// Every connection is a file, and the usual soft limit of 1024 is for programs that use select().
void raise_file_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

/// What a flood took is to go back: glibc keeps an arena for each thread, and once a large block was freed it
/// takes the next ones from the heap, where they leave holes.
void keep_memory_small() {
  constexpr int kMappedBytes = 128 * 1024;  // a block of so much is mapped, and unmapped when it is freed
  constexpr int kSpareBytes = 256 * 1024;
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, kMappedBytes);
  mallopt(M_TRIM_THRESHOLD, kSpareBytes);
}

/// Blocks the signals that `serve` waits for, in this thread and all that it will start.
sigset_t block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error of the journal, not the end
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// Checked as a whole, so that a reload can refuse what a start would refuse.
std::unique_ptr<Settings> read(const Options& options) {
  auto settings = read_settings(options.config_file);
  require_auth(*settings, options.ingest_address);
  check_tls(*settings);
  return settings;
}

/// Nobody waits for a journal in memory, so there grouping would only cost time.
Pipeline::Commits commits(const Options& options) {
  return options.journal_path == ":memory:" ? Pipeline::Commits::each : Pipeline::Commits::grouped;
}

/// The whole house, in the order of the river.
class Exporter {
 public:
  Exporter(const Options& options, std::unique_ptr<Settings> settings)
      : options_(options),
        log_(options.log_level, options.log_format),
        opened_(open_journal(options.journal_path, std::chrono::system_clock::now(), log_)),
        journal_(*opened_.journal),
        live_(number_series(std::move(settings), opened_.history.table)),
        ledger_(live_.get()),
        hints_(
            live_.get(),
            [this](StreamId stream, std::string_view account) { return trunks_.view(stream, account); },
            [this] { return trunks_.any(); }),
        metrics_(*live_.get(), journal_, ledger_),
        calls_(live_.get()),
        trunks_(live_.get(), ledger_),
        pipeline_({journal_, ledger_, hints_, metrics_, calls_, unlisted_, log_, &trunks_, &exemplars_},
                  commits(options)) {
    // The doors open last: no scrape may see a counter that is lower than before.
    exemplars_.enable(live_.get()->exemplar_session_ids);
    ledger_.show(exemplars_);
    ledger_.restore(opened_.history);
    hints_.restore(opened_.history.hints);
    journal_.adopt(live_.get());
    metrics_.reloaded(true, std::chrono::system_clock::now());
    ingest_.emplace(options.ingest_address, live_, ingest_hooks(), log_);
    files_.emplace(live_, std::move(opened_.history.positions), file_hooks(), log_);
    stream_.emplace(live_, STDIN_FILENO, stream_hooks(), log_);
    opened_.history = {};
    syslog_.emplace(live_.get(), syslog_hooks(), log_);
    web_.emplace(options.web_address, options.telemetry_path, web_parts(), log_);
    settle();
    ready_ = true;
    log_.info("ready", {{"version", TELEPHONY_VERSION},
                        {"web", web_->address()},
                        {"ingest", ingest_->address()},
                        {"config", options_.config_file},
                        {"journal", options_.journal_path}});
  }

  /// An empty message means that the new configuration is in force; otherwise the old one still is.
  std::string reload() {
    const std::lock_guard lock(reloading_);
    try {
      const auto settings = number_series(read(options_), live_.get()->table);
      const auto listen = syslog_->prepare(settings);
      ledger_.adopt(settings);
      hints_.adopt(settings);
      metrics_.adopt(*settings);
      trunks_.adopt(settings);
      calls_.adopt(settings);
      exemplars_.enable(settings->exemplar_session_ids);
      journal_.adopt(settings);
      live_.set(settings);
      listen();
      metrics_.reloaded(true, std::chrono::system_clock::now());
      log_.info("configuration reloaded", {{"config", options_.config_file}});
      settle();
      return {};
    } catch (const std::exception& e) {  // whatever is wrong with a file must not end what runs
      metrics_.reloaded(false, std::chrono::system_clock::now());
      log_.error("configuration not reloaded; the old one stays", {{"error", e.what()}});
      settle();
      return e.what();
    }
  }

  void stop() {
    log_.info("stopping");
    ready_ = false;
    std::thread web([&] { web_->stop(); });
    std::thread syslog([&] { syslog_->stop(); });
    files_->stop();
    stream_->stop();
    ingest_->stop();
    syslog.join();
    web.join();
    pipeline_.stop();
    log_.info("stopped");
  }

 private:
  /// The names that pages will show are rendered now, not by the first scrape; what that and reading the
  /// configuration took goes back to the system.
  void settle() const noexcept {
    try {
      ledger_.rendered(PageFormat::text);
      hint_metrics_.rendered(PageFormat::text);
    } catch (const std::bad_alloc&) {  // then the first scrape renders them after all
    }
    malloc_trim(0);
  }

  std::function<void(const Source&, const RawEvent&, const Done&)> accept() {
    return [this](const Source& source, const RawEvent& raw, const Done& done) {
      pipeline_.accept(source, raw, done);
    };
  }

  bool healthy() const { return journal_.healthy(); }

  IngestHooks ingest_hooks() {
    return {accept(), [this](const Source& source, RejectCause cause) { pipeline_.refuse(source, cause); },
            [this](int status) { metrics_.http_request(Listener::ingest, status); }};
  }

  FileHooks file_hooks() {
    return {accept(), [this] { return healthy(); },
            [this](std::string_view bytes) { return journal_.key(bytes); },
            [this](const Source& source, const FileState& state) {
              metrics_.source_lag(source.name, state.up, static_cast<double>(state.lag_bytes),
                                  state.lag_seconds);
              metrics_.truncated(source.name, state.truncations);
            }};
  }

  StreamHooks stream_hooks() {
    return {accept(), [this](const Source& source, const StreamState& state) {
              metrics_.source_lag(source.name, state.up, static_cast<double>(state.lag_bytes),
                                  state.lag_seconds);
            }};
  }

  SyslogHooks syslog_hooks() {
    return {accept(), [this] { return healthy(); },
            [this](const Source& source, RejectCause cause, std::uint64_t messages) {
              pipeline_.refuse(source, cause, messages);
            },
            [this](const Source& source, const SyslogState& state) {
              metrics_.source_lag(source.name, state.up, static_cast<double>(state.lag_bytes),
                                  state.lag_seconds);
            }};
  }

  WebParts web_parts() {
    return {live_,
            unlisted_,
            hints_,
            ledger_,
            {&ledger_, &hint_metrics_, &metrics_, &calls_, &trunks_, &process_},
            [this](const std::string& source) { return metrics_.source_state(source); },
            [this] { return ready_ && healthy(); },
            [this] { return reload(); },
            [this](int status) { metrics_.http_request(Listener::web, status); },
            ingest_->address()};
  }

  const Options& options_;
  Log log_;
  OpenJournal opened_;
  Journal& journal_;
  Live live_;
  Ledger ledger_;
  Hints hints_;
  HintMetrics hint_metrics_{hints_};
  ExporterMetrics metrics_;
  CallMetrics calls_;
  TrunkMetrics trunks_;
  Exemplars exemplars_;
  ProcessMetrics process_;
  UnlistedCodes unlisted_;
  Pipeline pipeline_;
  std::mutex reloading_;
  std::atomic<bool> ready_ = false;
  std::optional<IngestServer> ingest_;
  std::optional<FileReader> files_;
  std::optional<StreamReader> stream_;
  std::optional<SyslogServer> syslog_;
  std::optional<WebServer> web_;
};

}  // namespace

int serve(const Options& options) {
  raise_file_limit();
  keep_memory_small();
  const sigset_t signals = block_signals();
  // Read first: what is wrong with the configuration is said before the journal is touched.
  Exporter exporter(options, read(options));
  for (int signal = 0;;) {
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) break;
    exporter.reload();
  }
  exporter.stop();
  return 0;
}

}  // namespace telephony
