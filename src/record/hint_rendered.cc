// The fast way onto the page: labels are rendered once for each configuration, and only numbers are written.
#include <algorithm>
#include <map>

#include "record/hint_families.h"
#include "telephony_exporter/record/hint_metrics.h"

namespace telephony {
namespace {

using hint_families::kAccountAfter, hint_families::kAfter, hint_families::kAllowed, hint_families::kNotBefore;
using Labels = std::vector<prometheus::ClientMetric::Label>;

constexpr std::uint32_t kNoPlace = UINT32_MAX;

double unix_seconds(WallTime time) { return Seconds(time.time_since_epoch()).count(); }

/// A listed code of a stream.
struct Listed {
  std::string labels;  ///< `code="1",provider="p"} `
  Hint rest;
};

/// Of the accounts of one code: the longest wait, and when the last one ends.
struct Worst {
  Seconds after{0};
  WallTime not_before;
};

}  // namespace

/// The codes that the sources of one configuration can send, in the order of the page.
struct HintNames {
  std::weak_ptr<const Settings> settings;  ///< to know them by; it would keep those of before a reload
  std::vector<Listed> listed;
  std::vector<std::uint32_t> places;  ///< by SeriesId: which of them it is, or kNoPlace
  std::string allowed;                ///< all samples of that family, which only a reload changes
  std::size_t bytes = 0;              ///< of labels and numbers of all

  explicit HintNames(const std::shared_ptr<const Settings>& of);
  std::uint32_t place(SeriesId series) const { return series < places.size() ? places[series] : kNoPlace; }
};

HintNames::HintNames(const std::shared_ptr<const Settings>& of) : settings(of) {
  std::map<Labels, std::pair<SeriesId, const Entry*>> sorted;
  for (const ActiveStream& active : of->streams) {
    const Stream& stream = of->table.streams()[active.id];
    for (std::uint32_t i = 0; !active.space->is_unlisted(i); ++i) {
      const Entry& entry = active.space->entries[i];
      if (!entry.counts) continue;
      sorted.emplace(Labels{{"code", entry.code},
                            {"product", stream.product},
                            {"provider", stream.provider},
                            {"reason", entry.reason}},
                     std::pair((*active.series)[i], &entry));
    }
  }
  places.resize(of->table.errors().size(), kNoPlace);
  for (const auto& [labels, entry] : sorted) {
    places[entry.first] = static_cast<std::uint32_t>(listed.size());
    const Listed& added =
        listed.emplace_back(Listed{rendered_labels(labels) + "} ", rest_hint(entry.second->retry)});
    allowed.append(kAllowed.name).append("{").append(added.labels).append(added.rest.allowed ? "1\n" : "0\n");
    bytes += added.labels.size() + kNumberBytes;
  }
}

namespace {

/// The hints of one page.
class HintPage {
 public:
  HintPage(std::shared_ptr<const HintNames> names, std::vector<RaisedHint> raised)
      : names_(std::move(names)), raised_(std::move(raised)), worst_(names_->listed.size()) {
    std::erase_if(raised_, [this](const RaisedHint& hint) { return names_->place(hint.series) == kNoPlace; });
    for (const RaisedHint& hint : raised_) {
      Worst& known = worst_[names_->place(hint.series)];
      known.after = std::max(known.after, hint.after);
      known.not_before = std::max(known.not_before, hint.not_before);
    }
    std::erase_if(raised_, [](const RaisedHint& hint) { return hint.account.empty(); });
    std::sort(raised_.begin(), raised_.end(), [this](const RaisedHint& a, const RaisedHint& b) {
      const int order = a.account.compare(b.account);
      return order != 0 ? order < 0 : names_->place(a.series) < names_->place(b.series);
    });
  }

  const HintNames& names() const { return *names_; }
  std::size_t accounts() const { return raised_.size(); }

  void after(Page& page) const {
    write(page, kAfter,
          [this](std::size_t i) { return std::max(names_->listed[i].rest.after, worst_[i].after).count(); });
  }
  void not_before(Page& page) const {
    write(page, kNotBefore, [this](std::size_t i) { return unix_seconds(worst_[i].not_before); });
  }
  void account_after(Page& page) const {
    page.begin(kAccountAfter);
    std::string begin;
    const std::string* account = nullptr;
    for (const RaisedHint& hint : raised_) {
      if (account == nullptr || *account != hint.account) {
        begin.assign(kAccountAfter.name).append("{");
        begin.append(rendered_labels({{"account", hint.account}})).append(",");
        account = &hint.account;
      }
      page.sample(begin, names_->listed[names_->place(hint.series)].labels, hint.after.count());
    }
  }

 private:
  template <typename Number>
  void write(Page& page, const FamilyHead& head, const Number& number) const {
    page.begin(head);
    const std::string begin = std::string(head.name) + '{';
    for (std::size_t i = 0; i < names_->listed.size(); ++i) {
      if (names_->listed[i].rest.allowed) page.sample(begin, names_->listed[i].labels, number(i));
    }
  }

  const std::shared_ptr<const HintNames> names_;
  std::vector<RaisedHint> raised_;
  std::vector<Worst> worst_;  ///< by place
};

}  // namespace

std::shared_ptr<const HintNames> HintMetrics::names(const std::shared_ptr<const Settings>& settings) const {
  const std::lock_guard lock(mutex_);
  if (!names_ || names_->settings.lock() != settings) names_ = std::make_shared<const HintNames>(settings);
  return names_;
}

std::vector<RenderedFamily> HintMetrics::rendered(PageFormat) const {
  HintNumbers numbers = hints_.numbers(clock_());
  const auto shown = std::make_shared<const HintPage>(names(numbers.settings), std::move(numbers.raised));
  const HintNames& names = shown->names();
  const auto bytes = [&](const FamilyHead& head) {
    return names.bytes + names.listed.size() * (head.name.size() + 1);
  };
  std::vector<RenderedFamily> families;
  if (!names.listed.empty()) {
    families.push_back({kAllowed.name, names.allowed.size(), [shown](Page& page) {
                          page.begin(kAllowed);
                          page.put(shown->names().allowed);
                        }});
  }
  const bool any = std::any_of(names.listed.begin(), names.listed.end(),
                               [](const Listed& listed) { return listed.rest.allowed; });
  if (any) {
    families.push_back({kAfter.name, bytes(kAfter), [shown](Page& page) { shown->after(page); }});
    families.push_back(
        {kNotBefore.name, bytes(kNotBefore), [shown](Page& page) { shown->not_before(page); }});
  }
  if (shown->accounts() > 0) {
    families.push_back({kAccountAfter.name, 0, [shown](Page& page) { shown->account_after(page); }});
  }
  return families;
}

}  // namespace telephony
