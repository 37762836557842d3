// Settings from YAML texts in a directory of their own, and a clock that stands still.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "telephony_exporter/config/settings.h"

namespace telephony {

/// A new directory that is removed at the end.
class TestDirectory {
 public:
  TestDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "telephony_test.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory can be made");
    path_ = name;
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path(const std::string& name) const { return (path_ / name).string(); }

  /// Returns the path of the file.
  std::string write(const std::string& name, std::string_view text) const {
    const std::string file = path(name);
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    EXPECT_TRUE(out) << file;
    return file;
  }

 private:
  std::filesystem::path path_;
};

/// A catalog `acme` and a configuration `config.yml` with one source, `calls`, of product `voice`.
inline std::shared_ptr<const Settings> settings_of(const TestDirectory& directory, std::string_view catalog,
                                                   std::string_view more = "",
                                                   const Settings* before = nullptr) {
  directory.write("acme.yml", catalog);
  const std::string config = directory.write(
      "config.yml",
      "providers: [acme.yml]\n"
      "sources:\n"
      "  - {name: calls, provider: acme, product: voice, webhook: {path: /calls, auth: none}}\n" +
          std::string(more));
  return load_settings(config, before != nullptr ? before->table : SeriesTable());
}

inline std::shared_ptr<const Settings> settings_of(std::string_view catalog, std::string_view more = "") {
  const TestDirectory directory;
  return settings_of(directory, catalog, more);
}

inline const std::shared_ptr<const Settings>& shipped_settings() {
  static const auto settings = load_settings(SOURCE_DIRECTORY "/config/telephony_exporter.yml");
  return settings;
}

/// Moves only when told to.
class TestClock {
 public:
  WallTime now() const { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  WallTime now_{std::chrono::seconds(1'700'000'000)};
};

}  // namespace telephony
