#include "telephony_exporter/catalog/code_space.h"

#include <algorithm>

#include "telephony_exporter/catalog/text.h"

namespace telephony {

void CodeSpace::build() {
  listed_ = static_cast<std::uint32_t>(entries.size());
  for (std::uint32_t i = 0; i < listed_; ++i) {
    const Entry& entry = entries[i];
    by_code_[entry.code].push_back(i);
    std::vector<std::string> texts = {normal_text(entry.message)};
    for (const std::string& alias : entry.aliases) {
      const std::string text = normal_text(alias);
      if (text.empty()) {
        by_code_[alias].push_back(i);
      } else {
        texts.push_back(text);
      }
    }
    for (const std::string& text : texts) by_text_[text].push_back(i);
    texts_.push_back(std::move(texts));
  }
  for (const Family& family : families) entries.push_back(family.unlisted);
  Entry unknown;
  unknown.code = kUnlisted;
  unknown.reason = kUnlisted;
  unknown.family = kUnknownFamily;
  unknown.message = "A code that the catalog does not list, in no family that it knows";
  unknown.meaning = "The provider sent a code that this catalog does not know.";
  unknown.remedy = kUnlistedRemedy;
  entries.push_back(std::move(unknown));
  texts_.resize(entries.size());
}

std::span<const std::uint32_t> CodeSpace::with_code(std::string_view code) const {
  const auto found = by_code_.find(code);
  return found == by_code_.end() ? std::span<const std::uint32_t>{} : found->second;
}

std::span<const std::uint32_t> CodeSpace::with_text(std::string_view normal) const {
  const auto found = by_text_.find(normal);
  return normal.empty() || found == by_text_.end() ? std::span<const std::uint32_t>{} : found->second;
}

std::uint32_t CodeSpace::unlisted(std::string_view code) const {
  std::size_t best = families.size();
  for (std::size_t i = 0; i < families.size(); ++i) {
    const auto& pattern = families[i].pattern;
    if (!pattern || !pattern->matches(code)) continue;
    if (best == families.size() || pattern->literals() > families[best].pattern->literals()) best = i;
  }
  return static_cast<std::uint32_t>(listed_ + best);
}

bool CodeSpace::serves(std::string_view product) const {
  return std::find(products.begin(), products.end(), product) != products.end();
}

}  // namespace telephony
