#include "source/known_files.h"

#include <algorithm>

#include "telephony_exporter/event/limits.h"

namespace telephony::files {

void KnownFiles::restore(const FilePosition& position, Clock::time_point now) {
  const std::string prefix = key("");
  if (!position.file.starts_with(prefix)) return;
  known_[position.file.substr(prefix.size())] = {Fingerprint::parse(position.fingerprint), position.offset,
                                                 now};
}

void KnownFiles::update(FileId id, const Fingerprint& fingerprint, std::uint64_t position,
                        Clock::time_point now) {
  known_[id.to_string()] = {fingerprint, position, now};
}

void KnownFiles::replaced(FileId id) {
  const auto found = known_.find(id.to_string());
  if (found == known_.end()) return;
  known_[id.to_string() + '~'] = found->second;
  known_.erase(found);
}

std::optional<std::uint64_t> KnownFiles::position(FileId id, LogFile& file) const {
  const auto found = known_.find(id.to_string());
  if (found == known_.end() || !file.begins_as(found->second.fingerprint)) return std::nullopt;
  const bool fits = file.compressed() || file.size() >= found->second.position;
  return fits ? std::optional(found->second.position) : std::nullopt;
}

std::optional<std::uint64_t> KnownFiles::position_of_packed(LogFile& file) const {
  std::optional<std::uint64_t> furthest;
  for (const auto& [name, known] : known_) {
    if (file.begins_as(known.fingerprint)) furthest = std::max(furthest.value_or(0), known.position);
  }
  return furthest;
}

std::vector<FilePosition> KnownFiles::to_commit(FileId id, const Fingerprint& fingerprint,
                                                std::uint64_t position) {
  std::vector<FilePosition> positions;
  positions.push_back({key(id.to_string()), position, fingerprint.to_string(), false});
  if (known_.size() > limits::kKnownFiles) forget_oldest(positions);
  return positions;
}

/// A hundredth at once, so that it need not be done for each file.
void KnownFiles::forget_oldest(std::vector<FilePosition>& positions) {
  std::vector<std::map<std::string, Known>::iterator> all;
  for (auto it = known_.begin(); it != known_.end(); ++it) all.push_back(it);
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 100);
  std::nth_element(all.begin(), end, all.end(),
                   [](const auto& a, const auto& b) { return a->second.seen < b->second.seen; });
  for (auto it = all.begin(); it != end; ++it) {
    positions.push_back({key((*it)->first), 0, "", true});
    known_.erase(*it);
  }
}

}  // namespace telephony::files
