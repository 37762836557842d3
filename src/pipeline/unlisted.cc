#include "telephony_exporter/pipeline/unlisted.h"

#include <algorithm>

#include "telephony_exporter/event/limits.h"

namespace telephony {

/// Codes and texts differ most, so they come first.
UnlistedCodes::Name UnlistedCodes::name_of(const UnlistedCode& code) {
  return {code.code, code.text, code.product, code.provider};
}

/// Its place in the list, which is now the first.
UnlistedCodes::Kept& UnlistedCodes::kept(const UnlistedCode& code, WallTime now) {
  if (const auto known = by_name_.find(name_of(code)); known != by_name_.end()) {
    kept_.splice(kept_.begin(), kept_, known->second);
    return kept_.front();
  }
  if (kept_.size() >= limits::kUnlistedCodes) {
    by_name_.erase(name_of(kept_.back().code));
    kept_.pop_back();
  }
  kept_.push_front({code, now - limits::kLogAgainAfter});
  Kept& added = kept_.front();
  added.code.count = 0;
  added.code.first_seen = now;
  by_name_.emplace(name_of(added.code), kept_.begin());
  return added;
}

std::vector<const UnlistedCode*> UnlistedCodes::add(std::span<const Seen> all, WallTime now) {
  std::vector<const UnlistedCode*> to_tell;
  const std::lock_guard lock(mutex_);
  for (const Seen& seen : all) {
    if (see(seen, now)) to_tell.push_back(seen.code);
  }
  return to_tell;
}

bool UnlistedCodes::see(const Seen& seen, WallTime now) {
  Kept& kept = this->kept(*seen.code, now);
  kept.code.count += seen.times;
  kept.code.last_seen = now;
  if (now - kept.told < limits::kLogAgainAfter) return false;
  kept.told = now;
  return may_tell(now);
}

bool UnlistedCodes::may_tell(WallTime now) {
  if (now - telling_since_ >= limits::kLogAgainAfter) {
    telling_since_ = now;
    told_ = 0;
  }
  return told_++ < limits::kUnlistedCodes;
}

std::vector<UnlistedCode> UnlistedCodes::list() const {
  std::vector<UnlistedCode> codes;
  {
    const std::lock_guard lock(mutex_);
    for (const Kept& kept : kept_) codes.push_back(kept.code);
  }
  std::sort(codes.begin(), codes.end(), [](const UnlistedCode& a, const UnlistedCode& b) {
    return std::tie(b.last_seen, b.count, a.code, a.text) < std::tie(a.last_seen, a.count, b.code, b.text);
  });
  return codes;
}

}  // namespace telephony
