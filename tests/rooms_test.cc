// The rooms of DESIGN.md section 2: who may include whom, who may use which library, and what stands nowhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace telephony {
namespace {

struct SourceFile {
  std::string path;  ///< from the repository's root
  std::string text;
};

const std::map<std::string, int, std::less<>> kRanks = {
    {"event", 0},    {"log", 0},     {"memory", 0},   {"yaml", 1},    {"catalog", 2}, {"config", 3},
    {"auth", 4},     {"decode", 4},  {"classify", 4}, {"journal", 4}, {"hint", 4},    {"record", 5},
    {"pipeline", 6}, {"explain", 6}, {"source", 7},   {"expose", 7},  {"main", 8}};

/// A header of a library, by how its path begins, and the rooms that may include it.
struct Library {
  std::string_view header;
  std::vector<std::string_view> rooms;
};
const std::vector<Library> kLibraries = {
    {"yaml-cpp/", {"yaml", "config"}},
    {"simdjson", {"auth", "decode", "record"}},
    {"boost/asio", {"source", "expose"}},
    {"boost/beast", {"source", "expose"}},
    {"boost/unordered", {"journal"}},
    {"boost/", {}},
    {"libdeflate", {"expose"}},
    {"httplib", {"expose", "main"}},
    {"sqlite", {"journal"}},
    {"openssl/", {"auth", "source"}},
    {"sodium", {"journal"}},
    {"prometheus/", {"record", "expose"}},
    {"nlohmann/", {"log", "decode", "explain", "source", "expose", "main"}},
    {"CLI/", {"main"}},
    {"regex", {}},
};

constexpr std::array<std::string_view, 8> kVendors = {"8x8",   "synthflow", "restcomm", "twilio",
                                                      "plivo", "telnyx",    "vonage",   "signalwire"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// The room of `src/ROOM/x` or `include/telephony_exporter/ROOM/x`; empty for what is in none.
std::string room_of(const std::string& path) {
  for (const std::string_view root : {"src/", "include/telephony_exporter/"}) {
    if (!path.starts_with(root)) continue;
    const std::size_t end = path.find('/', root.size());
    return end == path.npos ? "" : path.substr(root.size(), end - root.size());
  }
  return "";
}

std::string check_quoted_include(const std::string& room, const std::string& header) {
  constexpr std::string_view kPublic = "telephony_exporter/";
  const bool is_public = header.starts_with(kPublic);
  const std::string rest = is_public ? header.substr(kPublic.size()) : header;
  const std::string target = rest.substr(0, rest.find('/'));
  const auto rank = kRanks.find(target);
  if (rest.find('/') == rest.npos || rank == kRanks.end()) return "\"" + header + "\" is in no room";
  if (target == room) return "";
  if (!is_public) return "\"" + header + "\" is private to room " + target;
  if (rank->second >= kRanks.at(room)) return "room " + room + " must not include room " + target;
  return "";
}

std::string check_library(const std::string& room, const std::string& header) {
  for (const Library& library : kLibraries) {
    if (!header.starts_with(library.header)) continue;
    const bool allowed = std::find(library.rooms.begin(), library.rooms.end(), room) != library.rooms.end();
    return allowed ? "" : "room " + room + " must not use <" + header + ">";
  }
  return "";
}

std::string check_include(const std::string& room, const std::string& line) {
  const std::size_t word = line.find_first_not_of(" \t", line.find('#') + 1);
  if (line.find_first_not_of(" \t") != line.find('#') || word == line.npos) return "";
  if (line.compare(word, 7, "include") != 0) return "";
  const std::size_t open = line.find_first_of("<\"", word);
  if (open == line.npos) return "an include of something computed";
  const std::size_t close = line.find_first_of(">\"", open + 1);
  const std::string header = line.substr(open + 1, close - open - 1);
  return line[open] == '"' ? check_quoted_include(room, header) : check_library(room, header);
}

/// The metric names that stand in quotes in a line. The program's own name is none.
std::vector<std::string> metric_names(const std::string& line) {
  std::vector<std::string> names;
  for (std::size_t open = line.find('"'); open != line.npos; open = line.find('"', open + 1)) {
    const std::size_t end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", open + 1);
    if (end == line.npos || line[end] != '"') continue;
    const std::string name = line.substr(open + 1, end - open - 1);
    const bool metric = name.starts_with("telephony_") || name.starts_with("process_");
    if (metric && name != "telephony_exporter") names.push_back(name);
  }
  return names;
}

std::vector<std::string> violations(const std::vector<SourceFile>& files) {
  std::vector<std::string> found;
  std::map<std::string, std::string> named_in;
  for (const SourceFile& file : files) {
    const std::string room = room_of(file.path);
    const bool in_a_room = kRanks.find(room) != kRanks.end();
    if (!in_a_room && file.path != "src/precompiled.h") found.push_back(file.path + ":1: is in no room");
    std::istringstream lines(file.text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      const auto report = [&](const std::string& what) {
        found.push_back(file.path + ':' + std::to_string(number) + ": " + what);
      };
      const std::string wrong = in_a_room ? check_include(room, line) : "";
      if (!wrong.empty()) report(wrong);
      for (const std::string_view vendor : kVendors) {
        if (lower(line).find(vendor) != line.npos) report("names the vendor " + std::string(vendor));
      }
      for (const std::string& name : metric_names(line)) {
        const auto [known, added] = named_in.try_emplace(name, file.path);
        if (!added && known->second != file.path)
          report("metric " + name + " stands in " + known->second + " too");
      }
    }
  }
  return found;
}

/// The type that a line begins to define outside of all others, or nothing.
std::string type_begun(const std::string& line) {
  if (line.starts_with(' ') || !line.ends_with('{')) return "";
  std::istringstream words(line.starts_with("enum ") ? line.substr(5) : line);
  std::string kind, type;
  words >> kind >> type;
  if (type.starts_with("alignas")) words >> type;
  const bool is_type = kind == "class" || kind == "struct";
  return is_type && type.find("::") == type.npos ? type : "";
}

/// The types that headers define twice. To the linker two of one name are one.
std::vector<std::string> doubled_types(const std::vector<SourceFile>& files) {
  std::vector<std::string> found;
  std::map<std::string, std::string> defined_in;
  for (const SourceFile& file : files) {
    if (!file.path.ends_with(".h")) continue;
    std::istringstream lines(file.text);
    std::string space;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("namespace ")) space = line;
      const std::string type = type_begun(line);
      if (type.empty()) continue;
      const auto [known, added] = defined_in.try_emplace(space + type, file.path);
      if (!added) found.push_back(file.path + ": " + type + " is in " + known->second + " too");
    }
  }
  return found;
}

std::vector<SourceFile> repository(const std::vector<std::string>& tops = {"src", "include"}) {
  std::vector<SourceFile> files;
  const std::filesystem::path root = SOURCE_DIRECTORY;
  for (const std::string& top : tops) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / top)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files.push_back({entry.path().lexically_relative(root), {std::istreambuf_iterator<char>(in), {}}});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

TEST(Rooms, TheRepositoryKeepsToThem) {
  const std::vector<SourceFile> files = repository();
  EXPECT_GT(files.size(), 50U);
  EXPECT_EQ(joined(violations(files)), "");
}

TEST(Rooms, TheCheckerSeesEachViolation) {
  struct Case {
    const char* path;
    const char* text;
    const char* found;
  };
  const std::vector<Case> cases = {
      {"src/decode/a.cc", "#include \"telephony_exporter/event/event.h\"\n", ""},
      {"src/decode/a.cc", "#include \"decode/b.h\"\n#include \"telephony_exporter/decode/c.h\"\n", ""},
      {"src/decode/a.cc", "#include <vector>\n#include <simdjson.h>\n", ""},
      {"src/main/a.cc", "#include <CLI/CLI.hpp>\nconst char* name = \"telephony_exporter\";\n", ""},
      {"src/precompiled.h", "#include <nlohmann/json.hpp>\n", ""},
      {"src/decode/a.cc", "\n#include \"telephony_exporter/record/ledger.h\"\n",
       "src/decode/a.cc:2: room decode must not include room record\n"},
      {"include/telephony_exporter/decode/a.h", "#include \"telephony_exporter/classify/classify.h\"\n",
       "include/telephony_exporter/decode/a.h:1: room decode must not include room classify\n"},
      {"src/event/a.cc", "  #  include \"telephony_exporter/log/log.h\"\n",
       "src/event/a.cc:1: room event must not include room log\n"},
      {"src/main/a.cc", "#include \"decode/json.h\"\n",
       "src/main/a.cc:1: \"decode/json.h\" is private to room decode\n"},
      {"src/main/a.cc", "#include \"../decode/json.h\"\n",
       "src/main/a.cc:1: \"../decode/json.h\" is in no room\n"},
      {"src/main/a.cc", "#include \"serve.h\"\n", "src/main/a.cc:1: \"serve.h\" is in no room\n"},
      {"src/main/a.cc", "#include HEADER\n", "src/main/a.cc:1: an include of something computed\n"},
      {"src/main/a.cc", "#include <yaml-cpp/yaml.h>\n",
       "src/main/a.cc:1: room main must not use <yaml-cpp/yaml.h>\n"},
      {"src/pipeline/a.cc", "#include <prometheus/counter.h>\n",
       "src/pipeline/a.cc:1: room pipeline must not use <prometheus/counter.h>\n"},
      {"src/journal/a.cc", "#include <boost/regex.hpp>\n",
       "src/journal/a.cc:1: room journal must not use <boost/regex.hpp>\n"},
      {"src/decode/a.cc", "#include <regex>\n", "src/decode/a.cc:1: room decode must not use <regex>\n"},
      {"src/attic/a.cc", "int a;\n", "src/attic/a.cc:1: is in no room\n"},
      {"src/a.cc", "int a;\n", "src/a.cc:1: is in no room\n"},
      {"src/auth/a.cc", "int a;\n// As TWILIO signs.\n", "src/auth/a.cc:2: names the vendor twilio\n"},
      {"src/auth/a.cc", "int restcomm_;\n", "src/auth/a.cc:1: names the vendor restcomm\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(joined(violations({{c.path, c.text}})), c.found) << c.text;
}

TEST(Rooms, TheCheckerSeesAMetricNamedInTwoFiles) {
  const std::vector<SourceFile> files = {
      {"src/record/a.cc", "add(\"telephony_a_total\"); add(\"telephony_a_total\"); add(\"process_b\");\n"},
      {"src/record/b.cc", "int a;\nadd(\"telephony_a_total\", \"process_c\");\n"}};
  EXPECT_EQ(joined(violations(files)),
            "src/record/b.cc:2: metric telephony_a_total stands in src/record/a.cc too\n");
}

TEST(Rooms, NoTwoHeadersDefineATypeOfOneName) {
  EXPECT_EQ(joined(doubled_types(repository({"src", "include", "tests"}))), "");
  const std::vector<SourceFile> files = {
      {"src/a/a.h", "struct A {\n  class B {\n};\nclass B;\nstruct C::D {\n"},
      {"src/a/b.h", "class A final : public B {\nclass B {\nclass D {\n"},
      {"src/b/a.h", "namespace b {\nstruct alignas(64) A {\n"},
      {"tests/c.cc", "struct A {\n"}};
  EXPECT_EQ(joined(doubled_types(files)), "src/a/b.h: A is in src/a/a.h too\n");
}

}  // namespace
}  // namespace telephony
