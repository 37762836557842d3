// Which format of the page an Accept header gets.
#include <gtest/gtest.h>

#include "telephony_exporter/expose/exposition.h"

namespace telephony {
namespace {

struct Case {
  const char* accept;
  PageFormat format;
};

constexpr PageFormat kText = PageFormat::text;
constexpr PageFormat kOpen = PageFormat::openmetrics;

TEST(Negotiation, TheHigherWeightWinsAndOpenMetricsMustBeNamedInATie) {
  const std::vector<Case> cases = {
      {"", kText},
      {"*/*", kText},
      {"text/html", kText},
      {"text/plain", kText},
      {"text/plain;version=0.0.4", kText},
      {"application/openmetrics-text", kOpen},
      {"application/openmetrics-text; version=1.0.0", kOpen},
      {"application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", kOpen},
      {"APPLICATION/OpenMetrics-Text;VERSION=0.0.1", kOpen},
      {"application/openmetrics-text;version=2.0.0", kText},
      {"application/openmetrics-text, text/plain", kOpen},
      {"text/plain, application/openmetrics-text", kOpen},
      {"application/openmetrics-text;q=0.5, text/plain;q=0.6", kText},
      {"application/openmetrics-text;q=0.601, text/plain;q=0.6", kOpen},
      {"application/openmetrics-text;q=0.5, */*;q=0.5", kOpen},
      {"application/openmetrics-text;q=0.1, */*", kText},
      {"application/openmetrics-text;q=0, */*;q=0.1", kText},
      {"application/openmetrics-text;q=0", kText},
      {"application/openmetrics-text;version=3;q=1, application/openmetrics-text;version=0.0.1;q=0.2, "
       "text/plain;q=0.3",
       kText},
      {"text/*;q=0, application/*;q=0.1", kOpen},
      {"application/*, text/*", kText},
      {"text/plain;q=0.2, text/*;q=0.9, application/openmetrics-text;q=0.3", kOpen},
      {"text/plain;version=1.0.0;q=0.9, application/openmetrics-text;q=0.1", kOpen},
      {" ,, application/openmetrics-text ;\tq=1.000 ,", kOpen},
  };
  for (const Case& c : cases) EXPECT_EQ(negotiate(c.accept), c.format) << c.accept;
}

TEST(Negotiation, WhatPrometheusAsksFor) {
  EXPECT_EQ(negotiate("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
                      "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
            kOpen);
  EXPECT_EQ(negotiate("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/"
                      "openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q="
                      "0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
            kOpen);
  EXPECT_EQ(negotiate("text/plain;version=0.0.4;q=0.5,*/*;q=0.1"), kText);
}

TEST(Negotiation, WhatIsMalformedGetsText) {
  for (const char* accept :
       {"application/openmetrics-text;q=", "application/openmetrics-text;q=2",
        "application/openmetrics-text;q=1.1", "application/openmetrics-text;q=0.1234",
        "application/openmetrics-text;q=-1", "application/openmetrics-text;q=0,5",
        "application/openmetrics-text;q=nan", "application/openmetrics-text, nonsense",
        "application/openmetrics-text, a/b/c", "application/openmetrics-text;version=\"1.0.0"}) {
    EXPECT_EQ(negotiate(accept), kText) << accept;
  }
}

}  // namespace
}  // namespace telephony
