#include <nlohmann/json.hpp>

#include "decode/json_faults.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony {

std::vector<std::string_view> array_elements(std::string_view text) {
  std::vector<std::string_view> elements;
  text = trimmed(text);
  // What is valid can be split by brackets, commas and quotes alone; to the parser a NUL is the end of the
  // text.
  if (!text.starts_with('[') || text.find('\0') != text.npos || !nlohmann::json::accept(text))
    return elements;
  std::size_t depth = 0, start = 1;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
      continue;
    }
    quoted = c == '"';
    if (c == '[' || c == '{') ++depth;
    const bool ends = (c == ',' && depth == 1) || i + 1 == text.size();
    if (ends) {
      elements.push_back(trimmed(text.substr(start, i - start)));
      start = i + 1;
    }
    if (c == ']' || c == '}') --depth;
  }
  return elements;
}

}  // namespace telephony
