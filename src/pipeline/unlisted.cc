#include "telephony_exporter/pipeline/unlisted.h"

#include <algorithm>

#include "telephony_exporter/event/limits.h"

namespace telephony {

bool UnlistedCodes::add(const UnlistedCode& code, WallTime now, std::uint64_t times) {
  const std::lock_guard lock(mutex_);
  const auto same = [&](const Kept& kept) {
    const UnlistedCode& known = kept.code;
    return known.provider == code.provider && known.product == code.product && known.code == code.code &&
           known.text == code.text;
  };
  auto found = std::find_if(kept_.begin(), kept_.end(), same);
  if (found == kept_.end()) {
    if (kept_.size() >= limits::kUnlistedCodes) {
      kept_.erase(std::min_element(kept_.begin(), kept_.end(), [](const Kept& a, const Kept& b) {
        return a.code.last_seen < b.code.last_seen;
      }));
    }
    kept_.push_back({code, now});
    found = kept_.end() - 1;
    found->code.count = times;
    found->code.first_seen = found->code.last_seen = now;
    return may_tell(now);
  }
  found->code.count += times;
  found->code.last_seen = now;
  if (now - found->told < limits::kLogAgainAfter) return false;
  found->told = now;
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
    return std::tie(b.last_seen, b.count) < std::tie(a.last_seen, a.count);
  });
  return codes;
}

}  // namespace telephony
