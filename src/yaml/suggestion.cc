#include "yaml/suggestion.h"

#include <algorithm>
#include <vector>

namespace telephony {
namespace {

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

}  // namespace

std::string suggestion(const std::string& word, std::span<const std::string_view> words) {
  const auto nearest = std::min_element(
      words.begin(), words.end(), [&](auto a, auto b) { return distance(word, a) < distance(word, b); });
  if (nearest != words.end() && distance(word, *nearest) <= 2) {
    return "; did you mean '" + std::string(*nearest) + "'?";
  }
  return "; expected one of: " + join(words);
}

}  // namespace telephony
