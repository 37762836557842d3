// What the operator asked for: the configuration file and its catalogs, checked against each other.
// Immutable.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "telephony_exporter/catalog/catalog.h"
#include "telephony_exporter/config/address.h"
#include "telephony_exporter/config/auth.h"
#include "telephony_exporter/config/cidr.h"
#include "telephony_exporter/config/series.h"
#include "telephony_exporter/config/tls.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

struct Webhook {
  std::string path;
  std::optional<Auth> auth;      ///< absent: allowed on a loopback address only
  std::string place;             ///< "file:line:column" of the source, for messages
  std::vector<Cidr> allow = {};  ///< who may deliver; empty: everybody
  std::string public_url = {};   ///< instead of Ingest's; empty: that one
};

struct LogFiles {
  std::vector<std::string> paths;  ///< globs
  bool from_end = false;    ///< what stands there when a file is first seen at the first start is skipped
  bool compressed = false;  ///< files packed by gzip are read, once
  std::string place;
};

/// What is piped into the exporter; one source at most.
struct StandardInput {
  BodyFormat format = BodyFormat::text;  ///< text or csv
};

/// By what the records of a provider say, the account that is meant.
using AccountNames = std::map<std::string, std::string, std::less<>>;

/// By account, how many calls its trunk takes at the same time.
using TrunkLimits = std::map<std::string, std::uint32_t, std::less<>>;

/// Messages of RFC 5424 and RFC 3164.
struct Syslog {
  ListenAddress listen;
  bool udp = true;
  bool tcp = true;
  std::vector<Cidr> allow = {};  ///< who may send; empty: everybody
  bool anybody = false;          ///< `auth: none`, which other addresses than loopback need without `allow`
};

/// One place that events come from, and how what comes is read and counted.
struct Source {
  std::string name;
  std::string provider;
  std::string product;
  std::variant<Webhook, LogFiles, StandardInput, Syslog> input;
  const Catalog* catalog = nullptr;  ///< lives as long as the Settings
  const CodeSpace* space = nullptr;
  std::vector<const EventRule*> rules;          ///< those of the catalog that serve this product
  const AccountNames* account_names = nullptr;  ///< of its provider; null: accounts count as they are told
  SourceId id = 0;
  bool session_ids = false;  ///< its events name their sessions, for exemplars
  StreamId stream = 0;
  std::vector<SeriesId> series;  ///< by position of the entry in `space`

  const Webhook* webhook() const { return std::get_if<Webhook>(&input); }
  const LogFiles* files() const { return std::get_if<LogFiles>(&input); }
  const StandardInput* standard_input() const { return std::get_if<StandardInput>(&input); }
  const Syslog* syslog() const { return std::get_if<Syslog>(&input); }
};

/// Where the ingest listener stands, seen from the senders.
struct Ingest {
  std::vector<Cidr> trusted_proxies;  ///< whose X-Forwarded headers are believed
  std::string public_url;          ///< what senders write before a source's path; empty: told by the request
  std::optional<TlsSettings> tls;  ///< absent: plain HTTP
};

/// A (provider, product) pair that some source of the configuration can send.
struct ActiveStream {
  StreamId id = 0;
  const CodeSpace* space = nullptr;
  const std::vector<SeriesId>* series = nullptr;
};

struct Settings {
  std::vector<std::shared_ptr<const Catalog>> catalogs;
  std::vector<Source> sources;
  std::vector<ActiveStream> streams;  ///< each once
  SeriesTable table;
  Ingest ingest;

  std::size_t accounts_max = 100;
  std::map<std::string, std::vector<std::string>, std::less<>> accounts_allow;  ///< by provider
  std::map<std::string, AccountNames, std::less<>> accounts_map;                ///< by provider
  std::map<std::string, TrunkLimits, std::less<>> trunks;                       ///< by provider
  bool exemplar_session_ids = false;  ///< error counters say which session they counted last
  bool journal_sync_full = true;
  std::chrono::seconds dedup_retention{std::chrono::hours{96}};
  std::size_t dedup_max_keys = 4'000'000;

  const Catalog* catalog(std::string_view provider) const;  ///< or null
  std::vector<const Catalog*> all_catalogs() const;
  const Source* source(std::string_view name) const;
  const Source* at_path(std::string_view path) const;  ///< the webhook source with this path, or null
  const Source* standard_input() const;                ///< or null

  Settings() = default;
  Settings(const Settings&) = delete;  // sources point into catalogs
  Settings& operator=(const Settings&) = delete;
};

/// Reads the configuration and all it names. Throws ConfigError.
std::unique_ptr<Settings> read_settings(const std::string& file);
/// Gives every series of the sources its number; those that are in `before` keep theirs.
std::shared_ptr<const Settings> number_series(std::unique_ptr<Settings> settings, const SeriesTable& before);
/// Both.
std::shared_ptr<const Settings> load_settings(const std::string& file, const SeriesTable& before = {});

/// Throws ConfigError for a webhook without `auth:` when `address` is reachable from outside this host.
void require_auth(const Settings& settings, std::string_view address);

/// The configuration as YAML, defaults filled in, secrets masked.
std::string to_yaml(const Settings& settings);

/// The settings in force. Readers keep the snapshot that they took.
class Live {
 public:
  explicit Live(std::shared_ptr<const Settings> settings) : settings_(std::move(settings)) {}
  std::shared_ptr<const Settings> get() const;
  void set(std::shared_ptr<const Settings> settings);
  /// How often they were set.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
  std::atomic<std::uint64_t> generation_ = 0;
};

/// The settings in force, for one thread that asks often: the snapshot is taken anew only when others were
/// set, so that asking takes no lock. Until it is asked again it keeps the ones that it gave.
class LiveView {
 public:
  explicit LiveView(const Live& live) : live_(live), generation_(live.generation()), settings_(live.get()) {}

  const std::shared_ptr<const Settings>& get() {
    // Read before the settings, so that those are never older than it.
    if (const std::uint64_t generation = live_.generation(); generation != generation_) {
      settings_ = live_.get();
      generation_ = generation;
    }
    return settings_;
  }

 private:
  const Live& live_;
  std::uint64_t generation_;
  std::shared_ptr<const Settings> settings_;
};

}  // namespace telephony
