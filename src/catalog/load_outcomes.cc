#include "catalog/load.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

/// No word and no code may have two outcomes.
void check_status(const Node& word, const Status& status, const Status& other) {
  if (status.pattern.has_value() != other.pattern.has_value()) return;
  const bool same = status.pattern ? status.pattern->literals() == other.pattern->literals() &&
                                         status.pattern->overlaps(*other.pattern)
                                   : status.normal_text == other.normal_text;
  if (same) word.fail("status '" + word.text() + "' is here twice");
}

}  // namespace

std::vector<Status> load_statuses(const Node& node) {
  static constexpr std::array<std::string_view, kOutcomes + 1> kNames = {
      "completed", "no_answer", "busy", "canceled", "failed", "error", "other", "ongoing"};
  node.expect_keys(kNames);
  std::vector<Status> statuses;
  for (const auto& [key, words] : node.pairs()) {
    const std::size_t outcome = key.choice(kNames);
    for (const Node& word : words.items()) {
      Status status{normal_text(word.text()), CodePattern::parse(word.text()), std::nullopt};
      if (outcome < kOutcomes) status.outcome = static_cast<Outcome>(outcome);
      for (const Status& other : statuses) check_status(word, status, other);
      statuses.push_back(std::move(status));
    }
  }
  return statuses;
}

}  // namespace telephony
