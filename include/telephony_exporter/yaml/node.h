// Strict YAML: every message says file:line:column, what is wrong, and what would be right.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace telephony {

/// What is wrong with a file that the operator wrote: "file:line:column: what".
class ConfigError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Document;
struct Element;

/// One node of a parsed document; knows its place. All readers throw ConfigError.
class Node {
 public:
  /// Reads a file that holds exactly one document.
  static Node load(const std::string& file);
  static Node parse(const std::string& text, const std::string& file);

  [[noreturn]] void fail(const std::string& what) const;

  /// Throws unless this is a mapping whose keys are all among `keys`, each at most once.
  void expect_keys(std::span<const std::string_view> keys) const;
  void expect_keys(std::initializer_list<std::string_view> keys) const;

  Node at(std::string_view key) const;                   ///< the key must be there
  std::optional<Node> find(std::string_view key) const;  ///< nullopt when absent
  bool is_map() const;
  bool is_scalar() const;
  std::vector<Node> items() const;                   ///< the elements of a sequence
  std::vector<std::pair<Node, Node>> pairs() const;  ///< the keys and values of a mapping

  std::string text() const;                ///< a non-empty scalar
  std::string slug() const;                ///< [a-z0-9][a-z0-9_]*
  bool boolean() const;                    ///< true or false
  std::uint64_t number() const;            ///< a decimal integer, 1 or more
  std::chrono::seconds duration() const;   ///< 30s, 5m, 96h, 4d
  std::vector<std::string> texts() const;  ///< a sequence of non-empty scalars

  /// The position in `names` of this scalar; throws with the list of what is allowed.
  std::size_t choice(std::span<const std::string_view> names) const;

  const std::string& file() const;
  std::string place() const;  ///< file:line:column

 private:
  Node(std::shared_ptr<const Document> document, const Element* element);
  Node beside(const Element* element) const { return Node(document_, element); }
  void require(bool is_so, const char* what) const;

  std::shared_ptr<const Document> document_;
  const Element* element_;
};

}  // namespace telephony
