// The slow way onto the page, which what is rendered is held against.
#pragma once

#include <gtest/gtest.h>
#include <prometheus/collectable.h>

#include <string>
#include <vector>

#include "telephony_exporter/expose/exposition.h"

namespace telephony {

/// What it collects, written label by label.
class Collected : public prometheus::Collectable {
 public:
  explicit Collected(const prometheus::Collectable& of) : of_(of) {}
  std::vector<prometheus::MetricFamily> Collect() const override { return of_.Collect(); }

 private:
  const prometheus::Collectable& of_;
};

inline std::string page_of(const prometheus::Collectable& source, PageFormat format) {
  const prometheus::Collectable* all[] = {&source};
  return exposition(all, format);
}

inline void expect_rendered_as_collected(const prometheus::Collectable& source) {
  for (const PageFormat format : {PageFormat::text, PageFormat::openmetrics})
    EXPECT_EQ(page_of(source, format), page_of(Collected(source), format));
}

}  // namespace telephony
