#include "telephony_exporter/record/exemplars.h"

#include "telephony_exporter/record/accounts.h"

namespace telephony {

void Exemplars::enable(bool on) {
  const std::lock_guard lock(mutex_);
  on_ = on;
  if (!on) last_.clear();
}

void Exemplars::note(std::span<const Posting> batch) {
  const std::lock_guard lock(mutex_);
  if (!on_) return;
  for (const Posting& posting : batch) {
    if (posting.duplicate || !posting.error || posting.session_id.empty()) continue;
    if (looks_like_phone_number(posting.session_id)) continue;
    last_[*posting.error] = {std::string(posting.session_id), posting.received};
  }
}

std::optional<Exemplar> Exemplars::find(SeriesId series) const {
  const std::lock_guard lock(mutex_);
  const auto found = last_.find(series);
  return found == last_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace telephony
