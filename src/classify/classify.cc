#include "telephony_exporter/classify/classify.h"

#include <algorithm>
#include <bit>

#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

/// How much of `text` the entry's message or an alias accounts for: all of it, or its first words.
std::size_t matched(const CodeSpace& space, std::uint32_t entry, std::string_view text) {
  std::size_t best = 0;
  for (const std::string& known : space.texts(entry)) {
    const bool whole_words =
        text.size() == known.size() || (text.size() > known.size() && text[known.size()] == ' ');
    if (whole_words && text.starts_with(known)) best = std::max(best, known.size());
  }
  return best;
}

/// Log lines go on after the message, so the entry that accounts for most of the text wins.
Classification by_text(std::span<const std::uint32_t> entries, const CodeSpace& space,
                       std::string_view text) {
  Classification best{entries.front(), !text.empty()};
  for (const std::uint32_t entry : entries) {
    if (space.entries[entry].preferred) best.entry = entry;
  }
  std::size_t most = 0;
  for (const std::uint32_t entry : entries) {
    const std::size_t length = matched(space, entry, text);
    if (length > most) best = {entry, false};
    most = std::max(most, length);
  }
  return best;
}

Classification by_code(const Event& event, const CodeSpace& space, std::string& scratch) {
  const auto entries = space.with_code(event.code, event.numbering);
  if (entries.size() == 1) return {entries.front(), false};
  if (entries.size() > 1) {
    normal_text(event.text, scratch);
    return by_text(entries, space, scratch);
  }
  // Some senders give an entry's name where its code belongs.
  normal_text(event.code, scratch);
  if (const auto named = space.with_text(scratch, event.numbering); !named.empty()) {
    return {named.front(), false};
  }
  return {space.unlisted(event.code, event.numbering), true};
}

/// Senders put reasons for good endings where errors stand too.
bool failed(const Event& event) {
  return !event.session || *event.session == Outcome::failed || *event.session == Outcome::error;
}

}  // namespace

std::optional<Classification> look_up(const Event& event, const CodeSpace& space, std::string& scratch) {
  if (!event.code.empty()) return by_code(event, space, scratch);
  if (event.text.empty()) return std::nullopt;
  normal_text(event.text, scratch);
  const auto entries = space.with_text(scratch, event.numbering);
  return entries.empty() ? Classification{space.unlisted({}), true} : Classification{entries.front(), false};
}

std::optional<Classification> classify(const Event& event, const CodeSpace& space, std::string& scratch) {
  const auto meaning = look_up(event, space, scratch);
  if (!meaning || !space.entries[meaning->entry].counts) return std::nullopt;
  if (event.code.empty() && meaning->unlisted && !failed(event)) return std::nullopt;
  return meaning;
}

/// Numbering, code and text one after the other, with their sizes, so that different ones never make the same
/// key. False when there is no room for them.
bool Classifier::Key::join(const Event& event) {
  const std::size_t size = 2 + event.numbering.size() + event.code.size() + event.text.size();
  if (size > sizeof words) return false;
  used = (size + sizeof words[0] - 1) / sizeof words[0];
  words[used - 1] = 0;
  char* end = reinterpret_cast<char*>(words.data());
  *end++ = static_cast<char>(event.numbering.size());
  *end++ = static_cast<char>(event.code.size());
  for (const std::string_view part : {event.numbering, event.code, event.text}) {
    end = std::copy(part.begin(), part.end(), end);
  }
  return true;
}

/// Good enough for a table whose keys are compared; the highest bits are the best.
std::size_t Classifier::Key::set() const {
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < used; ++i) hash = (std::rotl(hash, 5) ^ words[i]) * 0x9E3779B97F4A7C15U;
  return hash >> (64U - kSetBits);
}

bool Classifier::Key::operator==(const Key& other) const {
  return used == other.used && std::equal(words.begin(), words.begin() + used, other.words.begin());
}

/// Which of the two entries of the set has it now.
const Classifier::Known& Classifier::known(const Event& event, const CodeSpace& space, const Key& key) {
  Set& set = known_[key.set()];
  for (const Known& known : set) {
    if (known.space == space.number() && known.key == key) return known;
  }
  auto meaning = look_up(event, space, scratch_);
  if (meaning && !space.entries[meaning->entry].counts) meaning.reset();
  const bool needs_failure = event.code.empty() && meaning && meaning->unlisted;
  set[1] = set[0];
  set[0] = {space.number(), meaning, needs_failure, key};
  return set[0];
}

std::optional<Classification> Classifier::classify(const Event& event, const CodeSpace& space) {
  Key key;
  if (!key.join(event)) return telephony::classify(event, space, scratch_);
  const Known& known = this->known(event, space, key);
  return known.needs_failure && !failed(event) ? std::nullopt : known.meaning;
}

}  // namespace telephony
