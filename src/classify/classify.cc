#include "telephony_exporter/classify/classify.h"

#include <algorithm>

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

namespace {

/// What counts of what the event means.
std::optional<Classification> counted(const Event& event, const CodeSpace& space,
                                      const std::optional<Classification>& result) {
  if (!result || !space.entries[result->entry].counts) return std::nullopt;
  if (event.code.empty() && result->unlisted && !failed(event)) return std::nullopt;
  return result;
}

/// The three one after the other, with their sizes, so that different ones never make the same key. Empty
/// when there is no room for them.
template <std::size_t kRoom>
std::string_view join_key(const Event& event, std::array<char, kRoom>& key) {
  const std::size_t size = 2 + event.numbering.size() + event.code.size() + event.text.size();
  if (size > key.size()) return {};
  key[0] = static_cast<char>(event.numbering.size());
  key[1] = static_cast<char>(event.code.size());
  char* end = key.data() + 2;
  for (const std::string_view part : {event.numbering, event.code, event.text}) {
    end = std::copy(part.begin(), part.end(), end);
  }
  return {key.data(), size};
}

}  // namespace

std::optional<Classification> classify(const Event& event, const CodeSpace& space, std::string& scratch) {
  return counted(event, space, look_up(event, space, scratch));
}

std::optional<Classification> Classifier::classify(const Event& event, const CodeSpace& space) {
  std::array<char, kKeyBytes> room;
  const std::string_view key = join_key(event, room);
  if (key.empty()) return telephony::classify(event, space, scratch_);
  Set& set = known_[std::hash<std::string_view>{}(key) % kSets];
  for (const Known& known : set) {
    if (known.space == space.number() && std::string_view(known.key.data(), known.size) == key) {
      return counted(event, space, known.meaning);
    }
  }
  set[1] = set[0];
  set[0] = {space.number(), look_up(event, space, scratch_), static_cast<std::uint8_t>(key.size()), room};
  return counted(event, space, set[0].meaning);
}

}  // namespace telephony
