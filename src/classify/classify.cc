#include "telephony_exporter/classify/classify.h"

#include <algorithm>
#include <bit>
#include <cstring>

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

namespace {

/// Bytes from both ends of a text as a number, from which they follow when there are at most eight.
std::uint64_t edges(std::string_view text) {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (text.size() >= sizeof first) {
    std::memcpy(&first, text.data(), sizeof first);
    std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
    return first ^ std::rotl(last, 29);
  }
  for (const char c : text) first = first << 8U | static_cast<unsigned char>(c);
  return first;
}

}  // namespace

/// Good enough for a table whose keys are compared: texts of a size with the same beginning and end are few.
/// The highest bits are the best.
std::size_t Classifier::set_of(const Event& event) {
  constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15U;
  const std::uint64_t code = edges(event.code) * kMultiplier;
  return ((std::rotl(code, 31) ^ edges(event.text)) + event.text.size()) * kMultiplier >> (64U - kSetBits);
}

bool Classifier::Known::is_of(const Event& event, const CodeSpace& asked) const {
  if (space != asked.number() || text != event.text.size() || code != event.code.size() ||
      numbering != event.numbering.size()) {
    return false;
  }
  const char* at = key.data();
  return event.numbering == std::string_view(at, numbering) &&
         event.code == std::string_view(at + numbering, code) &&
         event.text == std::string_view(at + numbering + code, text);
}

void Classifier::Known::keep(const Event& event, const CodeSpace& asked) {
  space = asked.number();
  numbering = static_cast<std::uint8_t>(event.numbering.size());
  code = static_cast<std::uint8_t>(event.code.size());
  text = static_cast<std::uint8_t>(event.text.size());
  char* end = key.data();
  for (const std::string_view part : {event.numbering, event.code, event.text}) {
    end = std::copy(part.begin(), part.end(), end);
  }
}

/// Which of the two entries of the set has it now.
const Classifier::Known& Classifier::known(const Event& event, const CodeSpace& space) {
  Set& set = known_[set_of(event)];
  for (const Known& known : set) {
    if (known.is_of(event, space)) return known;
  }
  auto meaning = look_up(event, space, scratch_);
  if (meaning && !space.entries[meaning->entry].counts) meaning.reset();
  set[1] = set[0];
  set[0].meaning = meaning;
  set[0].needs_failure = event.code.empty() && meaning && meaning->unlisted;
  set[0].keep(event, space);
  return set[0];
}

std::optional<Classification> Classifier::classify(const Event& event, const CodeSpace& space) {
  if (event.numbering.size() + event.code.size() + event.text.size() > kKeyBytes) {
    return telephony::classify(event, space, scratch_);
  }
  const Known& known = this->known(event, space);
  return known.needs_failure && !failed(event) ? std::nullopt : known.meaning;
}

}  // namespace telephony
