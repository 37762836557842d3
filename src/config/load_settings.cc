#include <filesystem>
#include <set>

#include "config/load.h"
#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

void number_series_of(Source& source, SeriesTable& table) {
  const WallTime now = std::chrono::system_clock::now();
  source.id = table.source(source.name);
  source.stream = table.stream({source.provider, source.product}, now);
  for (std::uint32_t i = 0; i < source.space->entries.size(); ++i) {
    const Entry& entry = source.space->entries[i];
    const bool unlisted = source.space->is_unlisted(i);
    source.series.push_back(
        table.error({source.stream, entry.code, entry.reason, unlisted ? entry.family : ""}, now));
  }
}

void load_journal(const Node& node, Settings& settings) {
  static constexpr std::array<std::string_view, 2> kSync = {"full", "normal"};
  node.expect_keys({"sync", "dedup"});
  if (const auto sync = node.find("sync")) settings.journal_sync_full = sync->choice(kSync) == 0;
  const auto dedup = node.find("dedup");
  if (!dedup) return;
  dedup->expect_keys({"retention", "max_keys"});
  if (const auto retention = dedup->find("retention")) settings.dedup_retention = retention->duration();
  if (const auto keys = dedup->find("max_keys")) settings.dedup_max_keys = keys->number();
}

void load_exemplars(const Node& node, Settings& settings) {
  node.expect_keys({"session_id"});
  settings.exemplar_session_ids = node.at("session_id").boolean();
}

void load_catalogs(const Node& list, Settings& settings) {
  CatalogFiles files;
  for (const Node& file : list.items()) {
    std::error_code unknown;  // a name too long or a directory that may not be entered is no file either
    if (!std::filesystem::is_regular_file(beside(file), unknown))
      file.fail("there is no file '" + beside(file) + "'");
    auto catalog = files.load(beside(file));
    if (settings.catalog(catalog->provider) != nullptr) {
      file.fail("provider '" + catalog->provider + "' is described twice");
    }
    settings.catalogs.push_back(std::move(catalog));
  }
}

}  // namespace

std::unique_ptr<Settings> read_settings(const std::string& file) {
  const Node root = Node::load(file);
  root.expect_keys({"providers", "accounts", "trunks", "exemplars", "journal", "ingest", "sources"});
  auto settings = std::make_unique<Settings>();
  load_catalogs(root.at("providers"), *settings);
  if (const auto accounts = root.find("accounts")) load_accounts(*accounts, *settings);
  if (const auto trunks = root.find("trunks")) load_trunks(*trunks, *settings);
  if (const auto exemplars = root.find("exemplars")) load_exemplars(*exemplars, *settings);
  if (const auto journal = root.find("journal")) load_journal(*journal, *settings);
  if (const auto ingest = root.find("ingest")) load_ingest(*ingest, *settings);
  for (const Node& node : root.at("sources").items()) {
    settings->sources.push_back(load_source(node, *settings));
  }
  if (settings->sources.empty())
    root.at("sources").fail("lists no source; without one nothing can be counted");
  return settings;
}

std::shared_ptr<const Settings> number_series(std::unique_ptr<Settings> settings, const SeriesTable& before) {
  settings->table = before;
  std::set<StreamId> seen;
  for (Source& source : settings->sources) {
    number_series_of(source, settings->table);
    if (seen.insert(source.stream).second) {
      settings->streams.push_back({source.stream, source.space, &source.series});
    }
  }
  return settings;
}

std::shared_ptr<const Settings> load_settings(const std::string& file, const SeriesTable& before) {
  return number_series(read_settings(file), before);
}

}  // namespace telephony
