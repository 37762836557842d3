// The running exporter when its disk takes no more, and when it does again.
#include <sys/resource.h>

#include <csignal>

#include "process.h"

namespace telephony {
namespace {

using std::chrono::seconds;

constexpr const char* kPath = "/webhooks/8x8/number-masking";

std::string event(const char* id) {
  return R"({"payload":{"sessionId":")" + std::string(id) +
         R"(","subAccountId":"acme","sessionStatus":"ERROR","errorDetails":{"errorCode":-2010}}})";
}

/// No write to a file may go beyond this size: what the kernel says then is what a full disk says, but for
/// the number of the error.
void limit_files(const Process& process, rlim_t bytes) {
  const rlimit limit{bytes, RLIM_INFINITY};
  ASSERT_EQ(prlimit(process.id(), RLIMIT_FSIZE, &limit, nullptr), 0);
}

using DiskFullTest = ExporterTest;

TEST_F(DiskFullTest, SendersAreToldToComeBackAndNothingIsLost) {
  const TemporaryDirectory directory;
  const Start with_journal = {.journal = directory.path() + "/journal.db"};
  {
    Exporter& exporter = start(with_journal);
    EXPECT_EQ(exporter.post(kPath, event("before")).status, 200);
    EXPECT_EQ(exporter.get("/-/ready").status, 200);

    limit_files(exporter.process(), 0);
    for (int i = 0; i < 3; ++i) {
      const Answer refused = exporter.post(kPath, event("during"));
      EXPECT_EQ(refused.status, 503);
      EXPECT_EQ(refused.headers.count("Retry-After"), 1U);
      EXPECT_NE(refused.body.find(R"("cause":"unavailable")"), std::string::npos) << refused.body;
    }
    EXPECT_EQ(exporter.get("/-/ready").status, 503);
    EXPECT_EQ(exporter.get("/-/healthy").status, 200) << "a restart would not help";
    EXPECT_EQ(exporter.metric("telephony_exporter_journal_healthy"), 0);
    EXPECT_EQ(exporter.metric("telephony_exporter_rejected_total", {{"cause", "unavailable"}}), 3);
    const Answer known = exporter.post(kPath, event("before"));
    EXPECT_EQ(known.status, 200) << "what is counted already needs no disk";
    EXPECT_NE(known.body.find(R"("duplicate":1)"), std::string::npos) << known.body;

    limit_files(exporter.process(), RLIM_INFINITY);
    EXPECT_TRUE(eventually(seconds(10), [&] { return exporter.get("/-/ready").status == 200; }))
        << "no event is needed for it to recover";
    EXPECT_EQ(exporter.metric("telephony_exporter_journal_healthy"), 1);
    const Answer after = exporter.post(kPath, event("during"));
    EXPECT_NE(after.body.find(R"("counted":1)"), std::string::npos) << after.body;
    expect_conserved(exporter.metrics());
    exporter.process().signal(SIGKILL);
    ASSERT_EQ(exporter.process().wait(seconds(10)), 128 + SIGKILL);
  }
  Exporter& again = start(with_journal);
  EXPECT_EQ(again.metric("telephony_errors_total", {{"code", "-2010"}, {"product", "number_masking"}}), 2);
  EXPECT_NE(again.post(kPath, event("during")).body.find(R"("duplicate":1)"), std::string::npos);
}

}  // namespace
}  // namespace telephony
