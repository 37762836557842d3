#include "yaml/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

/// Builds the tree of the first document, counts documents and remembers where the last one begins. Stops
/// where one is nested too deep, because yaml-cpp's parser is recursive, as are our readers.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(const std::string& file) : document_(file) {}

  /// At a stray "," yaml-cpp finds empty documents without end, so no more than two are asked for.
  void read(const std::string& text) {
    std::istringstream in(text);
    YAML::Parser parser(in);
    while (count_ < 2 && parser.HandleNextDocument(*this)) continue;
  }

  int count() const { return count_; }
  const YAML::Mark& last() const { return last_; }
  Document take() { return std::move(document_); }

 private:
  using Kind = Element::Kind;

  void OnDocumentStart(const YAML::Mark&) override {
    ++count_;
    begins_ = true;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(Kind::nothing, mark, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    note(mark);
    if (count_ == 1) open_.back()->children.push_back(anchors_.at(anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& text) override {
    add(Kind::scalar, mark, anchor).text = text;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    enter(Kind::sequence, mark, anchor);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    enter(Kind::mapping, mark, anchor);
  }
  void OnMapEnd() override { open_.pop_back(); }

  void note(const YAML::Mark& mark) {
    if (std::exchange(begins_, false)) last_ = mark;
  }

  Element& add(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    note(mark);
    std::pmr::memory_resource* const arena = document_.arena.get();
    Element& element = document_.elements.emplace_back(
        Element{kind, mark, std::pmr::string(arena), std::pmr::vector<const Element*>(arena)});
    if (!open_.empty()) open_.back()->children.push_back(&element);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = &element;
    return element;
  }

  void enter(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    open_.push_back(&add(kind, mark, anchor));
    if (open_.size() <= limits::kYamlDepth) return;
    throw ConfigError(yaml_place(document_.file, mark) + ": is nested deeper than " +
                      std::to_string(limits::kYamlDepth) + " levels");
  }

  Document document_;
  int count_ = 0;
  bool begins_ = false;
  YAML::Mark last_;
  std::vector<Element*> open_;  ///< from the root to where the parser is
  std::map<YAML::anchor_t, const Element*> anchors_;
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

Document parse_document(const std::string& text, const std::string& file) {
  Builder builder(file);
  builder.read(text);
  if (builder.count() == 0) throw ConfigError(file + ":1:1: is empty");
  if (builder.count() > 1) {
    throw ConfigError(yaml_place(file, builder.last()) +
                      ": a second document starts here; one file holds one");
  }
  return builder.take();
}

}  // namespace telephony
