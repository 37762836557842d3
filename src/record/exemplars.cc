#include "telephony_exporter/record/exemplars.h"

#include <algorithm>

#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/record/accounts.h"

namespace telephony {
namespace {

constexpr std::size_t kPhoneDigits = 7;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// In the words of an id, letters and digits are mixed or few; a number's digits stand together in one word,
/// or in several with only punctuation between them.
bool may_hold_phone_number(std::string_view id) {
  std::size_t together = 0;
  while (!id.empty()) {
    const auto is_word = [](char c) { return is_digit(c) || is_letter(c); };
    const auto begin = std::find_if(id.begin(), id.end(), is_word);
    const auto end = std::find_if_not(begin, id.end(), is_word);
    const auto first = std::find_if(begin, end, is_digit);
    const auto last = std::find_if_not(first, end, is_digit);
    const bool mixed = std::find_if(last, end, is_digit) != end;
    if (first != begin || mixed) together = 0;
    if (!mixed) together += static_cast<std::size_t>(last - first);
    if (together >= kPhoneDigits) return true;
    if (last != end) together = 0;
    id.remove_prefix(static_cast<std::size_t>(end - id.begin()));
  }
  return false;
}

}  // namespace

bool is_session_id(std::string_view text) {
  const auto printable = [](char c) { return c > ' ' && c <= '~'; };
  return !text.empty() && text.size() <= limits::kSessionBytes &&
         std::all_of(text.begin(), text.end(), printable) && !looks_like_phone_number(text) &&
         !looks_like_address(text) && !may_hold_phone_number(text);
}

void Exemplars::enable(bool on) {
  const std::lock_guard lock(mutex_);
  on_ = on;
  if (!on) last_.clear();
}

void Exemplars::note(std::span<const Posting> batch) {
  if (!on_) return;
  const std::lock_guard lock(mutex_);
  if (!on_) return;  // it was switched off meanwhile
  for (const Posting& posting : batch) {
    if (posting.duplicate || !posting.error || !is_session_id(posting.session_id)) continue;
    last_[*posting.error] = {std::string(posting.session_id), posting.received};
  }
}

std::optional<Exemplar> Exemplars::find(SeriesId series) const {
  if (!on_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = last_.find(series);
  return found != last_.end() ? std::optional(found->second) : std::nullopt;
}

}  // namespace telephony
