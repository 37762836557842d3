// Files as whole YAML documents: what yaml-cpp's parser tells is kept as a small tree. Its own nodes cost a
// second parse, and several allocations for each word.
#pragma once

#include <yaml-cpp/mark.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

namespace telephony {

struct Element {
  enum class Kind : std::uint8_t { nothing, scalar, sequence, mapping };
  Kind kind = Kind::nothing;
  YAML::Mark mark;
  std::pmr::string text;                      ///< of a scalar
  std::pmr::vector<const Element*> children;  ///< of a mapping: key, value, key, value, ...
};

/// The tree stands in an arena of its own: freed word by word, it would leave holes between what lives on,
/// and a reload would never give back what it took.
struct Document {
  explicit Document(std::string of) : file(std::move(of)) {}

  std::string file;
  std::unique_ptr<std::pmr::memory_resource> arena = std::make_unique<std::pmr::monotonic_buffer_resource>();
  /// The root is the first; a deque, so that they stay where they are.
  std::pmr::deque<Element> elements{arena.get()};
};

/// "file:line:column", counted from 1.
std::string yaml_place(const std::string& file, const YAML::Mark& mark);

/// Throws ConfigError for what can't be read or is too large.
std::string read_document(const std::string& file);

/// Throws ConfigError unless the text is one document that is not nested too deep; YAML::Exception where it
/// is no YAML.
Document parse_document(const std::string& text, const std::string& file);

}  // namespace telephony
