#include "telephony_exporter/yaml/node.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

std::string place(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return file + ":1:1";
  return file + ':' + std::to_string(mark.line + 1) + ':' + std::to_string(mark.column + 1);
}

const char* kind(const YAML::Node& node) {
  return node.IsMap() ? "a mapping" : node.IsSequence() ? "a list" : node.IsScalar() ? "a text" : "nothing";
}

std::string join(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

/// How many single-character edits turn `a` into `b`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
    }
  }
  return row[b.size()];
}

/// "; did you mean 'x'?" when one of the words is close enough to be meant, otherwise the list of them all.
std::string suggestion(const std::string& word, std::span<const std::string_view> words) {
  const auto nearest = std::min_element(
      words.begin(), words.end(), [&](auto a, auto b) { return distance(word, a) < distance(word, b); });
  if (nearest != words.end() && distance(word, *nearest) <= 2) {
    return "; did you mean '" + std::string(*nearest) + "'?";
  }
  return "; expected one of: " + join(words);
}

std::string read_file(const std::string& file) {
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

/// yaml-cpp reads recursively, so what is nested too deep must not reach it.
void check_depth(const std::string& text, const std::string& file) {
  std::size_t flow = 0, indent = 0, line = 1;
  bool at_line_start = true;
  for (const char c : text) {
    if (c == '[' || c == '{') ++flow;
    if ((c == ']' || c == '}') && flow > 0) --flow;
    if (at_line_start && (c == ' ' || c == '-' || c == '?' || c == '\t' || c == ':')) {
      ++indent;
    } else {
      at_line_start = false;
    }
    if (flow > limits::kYamlDepth || indent > 8 * limits::kYamlDepth) {
      throw ConfigError(file + ':' + std::to_string(line) + ":1: is nested deeper than " +
                        std::to_string(limits::kYamlDepth) + " levels");
    }
    if (c == '\n') {
      ++line;
      indent = 0;
      at_line_start = true;
    }
  }
}

/// Counts documents and remembers where the last one begins.
class Documents : public YAML::EventHandler {
 public:
  /// At a stray "," yaml-cpp finds empty documents without end, so no more than two are asked for.
  explicit Documents(const std::string& text) {
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
    note(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    note(mark);
  }
  void OnMapEnd() override {}

  void note(const YAML::Mark& mark) {
    if (std::exchange(begins_, false)) last_ = mark;
  }

  int count_ = 0;
  bool begins_ = false;
  YAML::Mark last_;
};

}  // namespace

Node::Node(std::shared_ptr<const std::string> file, const YAML::Node& node)
    : file_(std::move(file)), node_(node) {}

Node Node::load(const std::string& file) { return parse(read_file(file), file); }

Node Node::parse(const std::string& text, const std::string& file) {
  check_depth(text, file);
  try {
    const Documents documents(text);
    if (documents.count() == 0) throw ConfigError(file + ":1:1: is empty");
    if (documents.count() > 1) {
      throw ConfigError(telephony::place(file, documents.last()) +
                        ": a second document starts here; one file holds one");
    }
    return Node(std::make_shared<const std::string>(file), YAML::Load(text));
  } catch (const YAML::Exception& e) {
    throw ConfigError(telephony::place(file, e.mark) + ": is not YAML: " + e.msg);
  }
}

std::string Node::place() const { return telephony::place(*file_, node_.Mark()); }

void Node::fail(const std::string& what) const { throw ConfigError(place() + ": " + what); }

void Node::expect_keys(std::initializer_list<std::string_view> keys) const {
  expect_keys(std::span<const std::string_view>(keys.begin(), keys.size()));
}

void Node::expect_keys(std::span<const std::string_view> keys) const {
  std::set<std::string> seen;
  for (const auto& [key, value] : pairs()) {
    const std::string word = key.text();
    if (std::find(keys.begin(), keys.end(), word) == keys.end()) {
      key.fail("unknown key '" + word + "'" + suggestion(word, keys));
    }
    if (!seen.insert(word).second) key.fail("key '" + word + "' is here twice");
  }
}

Node Node::at(std::string_view key) const {
  if (auto found = find(key)) return *found;
  fail("key '" + std::string(key) + "' is missing");
}

std::optional<Node> Node::find(std::string_view key) const {
  for (const auto& [name, value] : pairs()) {
    if (name.is_scalar() && name.node_.Scalar() == key) return value;
  }
  return std::nullopt;
}

std::vector<Node> Node::items() const {
  if (!node_.IsSequence()) fail(std::string("expected a list, found ") + kind(node_));
  std::vector<Node> out;
  for (const YAML::Node& item : node_) out.push_back(Node(file_, item));
  return out;
}

std::vector<std::pair<Node, Node>> Node::pairs() const {
  if (!node_.IsMap()) fail(std::string("expected a mapping, found ") + kind(node_));
  std::vector<std::pair<Node, Node>> out;
  for (const auto& item : node_) out.emplace_back(Node(file_, item.first), Node(file_, item.second));
  return out;
}

std::string Node::text() const {
  if (!node_.IsScalar()) fail(std::string("expected a text, found ") + kind(node_));
  if (node_.Scalar().empty()) fail("expected a text, found an empty one");
  return node_.Scalar();
}

std::string Node::slug() const {
  std::string word = text();
  const bool ok = std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!ok || word.front() == '_') fail("'" + word + "' is no name; use a-z, 0-9 and _");
  return word;
}

bool Node::boolean() const {
  const std::string word = text();
  if (word != "true" && word != "false") fail("'" + word + "' is neither true nor false");
  return word == "true";
}

std::uint64_t Node::number() const {
  const std::string word = text();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size() || value == 0) {
    fail("'" + word + "' is no whole number of 1 or more");
  }
  return value;
}

std::chrono::seconds Node::duration() const {
  const std::string word = text();
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  const std::string_view unit(end, static_cast<std::size_t>(word.data() + word.size() - end));
  const std::uint32_t scale = unit == "s"   ? 1
                              : unit == "m" ? 60
                              : unit == "h" ? 3600
                              : unit == "d" ? 86400
                                            : 0;
  if (error != std::errc{} || scale == 0) {
    fail("'" + word + "' is no duration; write a number and s, m, h or d, as in 30s");
  }
  const std::chrono::seconds time(std::uint64_t{value} * scale);
  // Clocks count in nanoseconds, of which 64 bits hold 292 years.
  if (time > std::chrono::years(100)) fail("'" + word + "' is longer than 100 years");
  return time;
}

std::vector<std::string> Node::texts() const {
  std::vector<std::string> out;
  for (const Node& item : items()) out.push_back(item.text());
  return out;
}

std::size_t Node::choice(std::span<const std::string_view> names) const {
  const std::string word = text();
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end()) fail("'" + word + "' is not allowed here" + suggestion(word, names));
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace telephony
