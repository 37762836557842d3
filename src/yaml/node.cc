#include "telephony_exporter/yaml/node.h"

#include <yaml-cpp/exceptions.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "yaml/document.h"
#include "yaml/suggestion.h"

namespace telephony {
namespace {

using Kind = Element::Kind;

const char* name(Kind kind) {
  return kind == Kind::mapping    ? "a mapping"
         : kind == Kind::sequence ? "a list"
         : kind == Kind::scalar   ? "a text"
                                  : "nothing";
}

}  // namespace

Node::Node(std::shared_ptr<const Document> document, const Element* element)
    : document_(std::move(document)), element_(element) {}

Node Node::load(const std::string& file) { return parse(read_document(file), file); }

Node Node::parse(const std::string& text, const std::string& file) try {
  auto document = std::make_shared<const Document>(parse_document(text, file));
  const Element* root = &document->elements.front();
  return Node(std::move(document), root);
} catch (const YAML::Exception& e) {
  throw ConfigError(yaml_place(file, e.mark) + ": is not YAML: " + e.msg);
}

bool Node::is_map() const { return element_->kind == Kind::mapping; }

bool Node::is_scalar() const { return element_->kind == Kind::scalar; }

const std::string& Node::file() const { return document_->file; }

std::string Node::place() const { return yaml_place(file(), element_->mark); }

void Node::fail(const std::string& what) const {
  std::string line = place() + ": " + what;
  // What is quoted from the file must not break the line, or speak to a terminal.
  const auto control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
  std::replace_if(line.begin(), line.end(), control, '?');
  throw ConfigError(line);
}

void Node::require(bool is_so, const char* what) const {
  if (!is_so) fail(std::string("expected ") + what + ", found " + name(element_->kind));
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
  require(is_map(), "a mapping");
  const auto& children = element_->children;
  for (std::size_t i = 0; i < children.size(); i += 2) {
    if (children[i]->kind == Kind::scalar && children[i]->text == key) return beside(children[i + 1]);
  }
  return std::nullopt;
}

std::vector<Node> Node::items() const {
  require(element_->kind == Kind::sequence, "a list");
  std::vector<Node> out;
  out.reserve(element_->children.size());
  for (const Element* child : element_->children) out.push_back(beside(child));
  return out;
}

std::vector<std::pair<Node, Node>> Node::pairs() const {
  require(is_map(), "a mapping");
  const auto& children = element_->children;
  std::vector<std::pair<Node, Node>> out;
  out.reserve(children.size() / 2);
  for (std::size_t i = 0; i < children.size(); i += 2) {
    out.emplace_back(beside(children[i]), beside(children[i + 1]));
  }
  return out;
}

std::string Node::text() const {
  require(is_scalar(), "a text");
  if (element_->text.empty()) fail("expected a text, found an empty one");
  return std::string(element_->text);
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
