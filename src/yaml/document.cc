#include "yaml/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

/// Counts documents, remembers where the last one begins, and stops where one is nested too deep: yaml-cpp
/// builds nodes recursively.
class Documents : public YAML::EventHandler {
 public:
  /// At a stray "," yaml-cpp finds empty documents without end, so no more than two are asked for.
  Documents(const std::string& text, const std::string& file) : file_(file) {
    std::istringstream in(text);
    YAML::Parser parser(in);
    while (count_ < 2 && parser.HandleNextDocument(*this)) continue;
  }

  int count() const { return count_; }
  const YAML::Mark& last() const { return last_; }

 private:
  void OnDocumentStart(const YAML::Mark&) override {
    ++count_;
    begins_ = true;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { note(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { note(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string&) override {
    note(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    enter(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    enter(mark);
  }
  void OnMapEnd() override { --depth_; }

  void note(const YAML::Mark& mark) {
    if (std::exchange(begins_, false)) last_ = mark;
  }

  void enter(const YAML::Mark& mark) {
    note(mark);
    if (++depth_ <= limits::kYamlDepth) return;
    throw ConfigError(yaml_place(file_, mark) + ": is nested deeper than " +
                      std::to_string(limits::kYamlDepth) + " levels");
  }

  const std::string& file_;
  int count_ = 0;
  bool begins_ = false;
  std::size_t depth_ = 0;
  YAML::Mark last_;
};

}  // namespace

std::string yaml_place(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return file + ":1:1";
  return file + ':' + std::to_string(mark.line + 1) + ':' + std::to_string(mark.column + 1);
}

std::string read_document(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw ConfigError(file + ":1:1: cannot be read; does the file exist, and may this user read it?");
  std::string text;
  std::array<char, 16 * 1024> chunk;
  while (in && text.size() <= limits::kYamlBytes) {
    in.read(chunk.data(), chunk.size());
    text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) throw ConfigError(file + ":1:1: cannot be read; is it a file?");
  if (text.size() > limits::kYamlBytes) {
    throw ConfigError(file + ":1:1: is larger than " + std::to_string(limits::kYamlBytes) + " bytes");
  }
  return text;
}

void check_document(const std::string& text, const std::string& file) {
  const Documents documents(text, file);
  if (documents.count() == 0) throw ConfigError(file + ":1:1: is empty");
  if (documents.count() > 1) {
    throw ConfigError(yaml_place(file, documents.last()) +
                      ": a second document starts here; one file holds one");
  }
}

}  // namespace telephony
