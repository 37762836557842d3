// Families of few samples: all but their numbers is written once.
#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <vector>

#include "telephony_exporter/record/page.h"

namespace telephony {

/// To write such a family label by label takes longer than some hundred samples of the ledger, and only its
/// numbers change. So it is written that way once, with a mark for each number, and a page is a copy of this
/// text with numbers for marks. All samples are added first; from then on it is thread-safe.
class PageForm {
 public:
  using Labels = std::vector<prometheus::ClientMetric::Label>;
  /// In the order in which the samples were added. A summary has two, its count and its sum.
  using Numbers = std::vector<double>;

  PageForm() = default;
  /// Of families of one sample without labels.
  PageForm(std::initializer_list<FamilyHead> singles);
  void add(const FamilyHead& head, Labels labels = {});

  /// These two are the same. What is rendered may outlive the form.
  std::vector<prometheus::MetricFamily> collected(const Numbers& numbers) const;
  std::vector<RenderedFamily> rendered(PageFormat format, Numbers numbers) const;

 private:
  struct Text;
  std::shared_ptr<const Text> text(PageFormat format) const;

  std::vector<prometheus::MetricFamily> marked_;
  std::size_t numbers_ = 0;
  mutable std::mutex mutex_;
  mutable std::array<std::shared_ptr<const Text>, 2> texts_;  ///< by format, made when it is asked for
};

}  // namespace telephony
