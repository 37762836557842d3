// Catalogs and configurations. What names `sources` is read as a configuration, everything else as a catalog;
// a configuration finds one small catalog under the name "catalog".
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "telephony_exporter/catalog/catalog.h"
#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

constexpr const char* kSecret = "kites-over-the-bay";

constexpr std::string_view kCatalog = R"(
provider: p
title: P
code_spaces:
  - name: s
    products: [a, b]
    title: S
    source: https://example.org/
    families: [{name: f, title: F, pattern: 4xx, unlisted: {category: request, severity: warning, retry: never}}]
    codes:
      - {code: "404", reason: r, family: f, category: request, severity: info, retry: never, message: M, meaning: M,
         remedy: R}
events: [{kind: k, when: [/code], code: [/code]}]
)";

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// A file without a place on disk.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("fuzz", 0)) {
    require(descriptor_ >= 0, "there is memory for a file");
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  void write(std::string_view text) {
    const auto size = static_cast<ssize_t>(text.size());
    require(ftruncate(descriptor_, 0) == 0 && pwrite(descriptor_, text.data(), text.size(), 0) == size,
            "a memory file can be written");
  }
  std::string name() const { return std::to_string(descriptor_); }
  std::string path() const { return "/proc/self/fd/" + name(); }

 private:
  int descriptor_;
};

void check_catalog(const Catalog& catalog) {
  require(!catalog.spaces.empty(), "a catalog has a code space");
  for (const CodeSpace& space : catalog.spaces) {
    const auto unknown = static_cast<std::uint32_t>(space.entries.size() - 1);
    require(space.is_unlisted(unknown) && !space.is_unlisted(0), "listed entries come first");
    require(space.unlisted("") == unknown, "no code is in no family");
    for (std::uint32_t i = 0; !space.is_unlisted(i); ++i) {
      require(!space.with_code(space.entries[i].code).empty(), "an entry is found by its code");
      require(!space.texts(i).empty(), "an entry has a text");
    }
  }
  require(catalog.reading.slots <= kMaxSlots, "slots are bounded");
}

void read_catalog(const std::string& text) {
  // Includes are looked for where there is nothing.
  check_catalog(parse_catalog(text, "/nowhere/catalog.yml"));
}

void read_configuration(std::string text) {
  static MemoryFile catalog;
  static MemoryFile configuration;
  catalog.write(kCatalog);
  constexpr std::string_view kName = "catalog";
  for (auto at = text.find(kName); at != text.npos; at = text.find(kName, at)) {
    text.replace(at, kName.size(), catalog.name());
  }
  configuration.write(text);
  const auto settings = load_settings(configuration.path());
  require(!settings->sources.empty(), "a configuration has a source");
  for (const Source& source : settings->sources) {
    require(source.series.size() == source.space->entries.size(), "every entry has a series");
  }
  const std::string shown = to_yaml(*settings);
  require(shown.find(kSecret) == shown.npos, "a secret is not shown");
  Node::parse(shown, "shown")
      .expect_keys({"providers", "accounts", "exemplars", "journal", "ingest", "sources"});
}

}  // namespace
}  // namespace telephony

extern "C" int LLVMFuzzerInitialize(int*, char***) { return setenv("SECRET", telephony::kSecret, 1); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  try {
    if (text.find("sources") != text.npos) {
      telephony::read_configuration(std::move(text));
    } else {
      telephony::read_catalog(text);
    }
  } catch (const telephony::ConfigError& e) {
    telephony::require(std::string_view(e.what()).find(": ") != std::string_view::npos,
                       "an error says where");
  }
  return 0;
}
