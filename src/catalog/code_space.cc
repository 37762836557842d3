#include "telephony_exporter/catalog/code_space.h"

#include <algorithm>
#include <atomic>

#include "telephony_exporter/catalog/text.h"

namespace telephony {

void CodeSpace::build() {
  static std::atomic<std::uint64_t> built = 0;
  number_ = ++built;
  listed_ = static_cast<std::uint32_t>(entries.size());
  for (std::uint32_t i = 0; i < listed_; ++i) {
    const Entry& entry = entries[i];
    Numbering& numbering = numbering_of(entry);
    numbering.by_code[entry.code].push_back(i);
    std::vector<std::string> texts = {normal_text(entry.message)};
    for (const std::string& alias : entry.aliases) {
      const std::string text = normal_text(alias);
      if (text.empty()) {
        numbering.by_code[alias].push_back(i);
      } else {
        texts.push_back(text);
      }
    }
    for (const std::string& text : texts) numbering.by_text[text].push_back(i);
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

const CodeSpace::Numbering* CodeSpace::find(std::string_view numbering) const {
  for (const Numbering& known : numberings_) {
    if (known.name == numbering) return &known;
  }
  return nullptr;
}

CodeSpace::Numbering& CodeSpace::numbering_of(const Entry& entry) {
  for (Numbering& known : numberings_) {
    if (known.name == entry.numbering) return known;
  }
  return numberings_.emplace_back(Numbering{entry.numbering, {}, {}});
}

std::vector<std::string_view> CodeSpace::numberings() const {
  std::vector<std::string_view> names;
  for (const Numbering& known : numberings_) names.push_back(known.name);
  return names;
}

std::size_t CodeSpace::rank(std::string_view numbering) const {
  const auto found = std::find_if(numberings_.begin(), numberings_.end(),
                                  [numbering](const Numbering& known) { return known.name == numbering; });
  return static_cast<std::size_t>(found - numberings_.begin());
}

std::span<const std::uint32_t> CodeSpace::with_code(std::string_view code, std::string_view numbering) const {
  const Numbering* of = find(numbering);
  if (of == nullptr) return {};
  const auto found = of->by_code.find(code);
  return found == of->by_code.end() ? std::span<const std::uint32_t>{} : found->second;
}

std::span<const std::uint32_t> CodeSpace::with_text(std::string_view normal,
                                                    std::string_view numbering) const {
  const Numbering* of = find(numbering);
  if (normal.empty() || of == nullptr) return {};
  const auto found = of->by_text.find(normal);
  return found == of->by_text.end() ? std::span<const std::uint32_t>{} : found->second;
}

std::uint32_t CodeSpace::unlisted(std::string_view code, std::string_view numbering) const {
  std::size_t best = families.size();
  for (std::size_t i = 0; i < families.size(); ++i) {
    const auto& pattern = families[i].pattern;
    if (!pattern || families[i].numbering != numbering || !pattern->matches(code)) continue;
    if (best == families.size() || pattern->literals() > families[best].pattern->literals()) best = i;
  }
  return static_cast<std::uint32_t>(listed_ + best);
}

bool CodeSpace::serves(std::string_view product) const {
  return std::find(products.begin(), products.end(), product) != products.end();
}

}  // namespace telephony
