#include "main/commands.h"

#include <fcntl.h>
#include <httplib.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "main/replay.h"
#include "telephony_exporter/config/address.h"
#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/explain/explain.h"
#include "telephony_exporter/journal/inspect.h"
#include "telephony_exporter/source/ingest_server.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

nlohmann::json json_list(std::span<const Meaning> meanings) {
  nlohmann::json list = nlohmann::json::array();
  for (const Meaning& meaning : meanings) list.push_back(to_json(meaning));
  return list;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// What the file turned out to hold; throws ConfigError.
std::string check_file(const std::string& file, const std::string& ingest_address) {
  if (Node::load(file).find("provider")) {
    const auto catalog = CatalogFiles().load(file);
    const Catalog* one = catalog.get();
    return "a catalog of " + std::to_string(all_meanings({&one, 1}).size()) + " entries";
  }
  const auto settings = load_settings(file);
  require_auth(*settings, ingest_address);
  check_tls(*settings);
  return "a configuration of " + std::to_string(settings->sources.size()) + " sources";
}

/// In UTC; "never" for the epoch.
std::string to_text(WallTime time) {
  if (time == WallTime()) return "never";
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::ostringstream text;
  text << std::put_time(&parts, "%Y-%m-%dT%H:%M:%SZ");
  return text.str();
}

}  // namespace

int check_config(const Options& options) {
  std::vector<std::string> files = options.words;
  if (files.empty()) files.push_back(options.config_file);
  int exit_code = 0;
  for (const std::string& file : files) {
    try {
      const std::string what = check_file(file, options.ingest_address);
      std::cout << file << ": ok, " << what << '\n';
    } catch (const ConfigError& e) {
      std::cerr << e.what() << '\n';
      exit_code = 1;
    }
  }
  return exit_code;
}

int explain_code(const Options& options) {
  const auto settings = load_settings(options.config_file);
  const auto catalogs = settings->all_catalogs();
  const std::string query = joined(options.words);
  if (options.provider && settings->catalog(*options.provider) == nullptr) {
    std::cerr << "telephony_exporter: no catalog describes provider '" << *options.provider << "'\n";
    return 1;
  }
  const std::vector<Meaning> meanings = explain(catalogs, query, options.provider);
  if (meanings.empty()) {
    std::cerr << "telephony_exporter: no catalog knows '" << query << "'\n";
    return 1;
  }
  if (options.json) {
    std::cout << json_list(meanings).dump(2) << '\n';
    return 0;
  }
  for (std::size_t i = 0; i < meanings.size(); ++i) std::cout << (i > 0 ? "\n" : "") << to_text(meanings[i]);
  return 0;
}

int list_catalog(const Options& options) {
  const auto settings = load_settings(options.config_file);
  const std::vector<Meaning> meanings = all_meanings(settings->all_catalogs());
  if (options.json) {
    std::cout << json_list(meanings).dump(2) << '\n';
    return 0;
  }
  for (const Meaning& m : meanings) {
    const Entry& e = *m.entry;
    std::cout << m.catalog->provider << '\t' << m.space->name << '\t' << e.code << '\t' << e.reason << '\t'
              << e.family << '\t' << name(e.category) << '\t' << name(e.severity) << '\t'
              << name(e.retry.kind) << '\t' << e.message << '\n';
  }
  return 0;
}

int replay(const Options& options) {
  const auto settings = load_settings(options.config_file);
  if (settings->source(options.source) == nullptr) {
    std::string names;
    for (const Source& source : settings->sources) names += (names.empty() ? "" : ", ") + source.name;
    std::cerr << "telephony_exporter: no source '" << options.source << "' in " << options.config_file
              << "; there are: " << names << '\n';
    return 1;
  }
  Replay replay(settings, options);
  for (const std::string& file : options.words) {
    if (file == "-") {
      replay.read(STDIN_FILENO, file);
      continue;
    }
    const int in = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    std::error_code unknown;
    if (in < 0 || std::filesystem::is_directory(file, unknown)) {
      std::cerr << "telephony_exporter: '" << file
                << "' cannot be read; is it a file, and may this user read it?\n";
      return 1;
    }
    replay.read(in, file);
    close(in);
  }
  std::cout << replay.page();
  return 0;
}

int journal_check(const Options& options) {
  const std::string& path = options.words.front();
  const JournalReport report = inspect_journal(path);
  if (report.damage.empty()) {
    std::cout << path << ": ok, " << report.errors << " errors and " << report.sessions << " sessions\n";
    return 0;
  }
  std::cerr << path << ": is damaged: " << report.damage
            << "; the exporter will put it aside and count afresh\n";
  return 1;
}

int journal_stats(const Options& options) {
  const std::string& path = options.words.front();
  const JournalReport report = inspect_journal(path);
  if (!report.damage.empty()) {
    std::cerr << path << ": is damaged: " << report.damage << '\n';
    return 1;
  }
  const auto print = [](const char* what, const auto& value) { std::cout << what << '\t' << value << '\n'; };
  print("created", to_text(report.created));
  print("took_the_place_of_a_damaged_one", to_text(report.quarantined));
  print("bytes", report.bytes);
  print("errors", report.errors);
  print("sessions", report.sessions);
  print("accounts", report.accounts);
  print("series", report.series);
  print("file_positions", report.positions);
  print("raised_hints", report.raised_hints);
  print("unpacked_batches", report.unpacked_batches);
  print("dedup_keys", report.dedup_keys);
  print("oldest_dedup_key", to_text(report.oldest_key));
  print("newest_dedup_key", to_text(report.newest_key));
  return 0;
}

int healthcheck(const Options& options) {
  const ListenAddress address = ListenAddress::parse(options.web_address);
  const bool every = address.host.empty() || address.host == "0.0.0.0" || address.host == "::";
  httplib::Client client(every ? "127.0.0.1" : address.host, address.port);
  client.set_connection_timeout(2);
  client.set_read_timeout(2);
  const auto reply = client.Get("/-/healthy");
  if (reply && reply->status == 200) return 0;
  std::cerr << "telephony_exporter: " << address.to_string() << " is not healthy\n";
  return 1;
}

}  // namespace telephony
