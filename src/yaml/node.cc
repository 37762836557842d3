#include "telephony_exporter/yaml/node.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "yaml/document.h"
#include "yaml/suggestion.h"

namespace telephony {
namespace {

const char* kind(const YAML::Node& node) {
  return node.IsMap() ? "a mapping" : node.IsSequence() ? "a list" : node.IsScalar() ? "a text" : "nothing";
}

}  // namespace

Node::Node(std::shared_ptr<const std::string> file, const YAML::Node& node)
    : file_(std::move(file)), node_(node) {}

Node Node::load(const std::string& file) { return parse(read_document(file), file); }

Node Node::parse(const std::string& text, const std::string& file) try {
  check_document(text, file);
  return Node(std::make_shared<const std::string>(file), YAML::Load(text));
} catch (const YAML::Exception& e) {
  throw ConfigError(yaml_place(file, e.mark) + ": is not YAML: " + e.msg);
}

std::string Node::place() const { return yaml_place(*file_, node_.Mark()); }

void Node::fail(const std::string& what) const {
  std::string line = place() + ": " + what;
  // What is quoted from the file must not break the line, or speak to a terminal.
  const auto control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
  std::replace_if(line.begin(), line.end(), control, '?');
  throw ConfigError(line);
}

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
