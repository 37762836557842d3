// The shipped binary on logs that are rotated without end, and killed in between: every line counts once.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "storm.h"

namespace telephony {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kPatience{60};  // a machine may be busy with something else

class RotationStormTest : public ::testing::Test {
 protected:
  RotationStormTest() {
    start_.binary = SHIPPED_BINARY;
    start_.journal = directory_.path() + "/journal.db";
    start_.configuration = directory_.write(
        "exporter.yml", "providers: [" SOURCE_DIRECTORY
                        "/config/providers/synthflow.yml]\nsources:\n"
                        "  - {name: calls, provider: synthflow, product: voice, file: {paths: [" +
                            path("calls.log") + "*]}}\n");
  }
  std::string path(const std::string& name) const { return logs_.path() + '/' + name; }

  /// Rotates as logrotate does by rename: the oldest goes, the others move on, a new one begins.
  void rotate() const {
    for (int i = kKept; i > 0; --i) {
      const std::string from = i == 1 ? path("calls.log") : path("calls.log." + std::to_string(i - 1));
      std::error_code missing;
      std::filesystem::rename(from, path("calls.log." + std::to_string(i)), missing);
    }
  }

  static constexpr int kKept = 5;
  TemporaryDirectory directory_;
  TemporaryDirectory logs_;
  Start start_;
};

double counted(const Exporter& exporter) { return exporter.metric("telephony_errors_total").value_or(-1); }

TEST_F(RotationStormTest, EveryLineCountsOnceThroughRotationsAndKills) {
  const int rotations = repetitions("TELEPHONY_SOAK_ROTATIONS", 1000);
  constexpr int kKills = 20;
  constexpr int kLines = 100;
  constexpr milliseconds kPace{20};  // 5,000 lines a second
  auto exporter = std::make_unique<Exporter>(start_);
  const auto begin = steady_clock::now();
  double written = 0;
  for (int rotation = 0; rotation < rotations; ++rotation) {
    // A file that leaves must have been read: an exporter that is down or behind is waited for, as a disk
    // would.
    if (rotation % kKept == 0) {
      ASSERT_TRUE(eventually(kPatience, [&] { return counted(*exporter) >= written; }))
          << counted(*exporter) << " of " << written;
    }
    rotate();
    std::ofstream log(path("calls.log"), std::ios::binary);
    for (int i = 0; i < kLines; ++i) {
      log << "2026-11-21T00:00:00Z call " << written + i << " ended: Telephony - 486 - Busy Here\n";
    }
    written += kLines;
    log.close();
    if (rotation % (rotations / kKills) == rotations / kKills - 1) {
      exporter->process().signal(SIGKILL);
      ASSERT_EQ(exporter->process().wait(kPatience), 128 + SIGKILL);
      exporter = std::make_unique<Exporter>(start_);
    }
    std::this_thread::sleep_until(begin + kPace * (rotation + 1));
  }
  EXPECT_TRUE(eventually(kPatience, [&] { return counted(*exporter) >= written; }));
  EXPECT_EQ(counted(*exporter), written);
  expect_conserved(exporter->metrics());
  EXPECT_EQ(exporter->metric("telephony_exporter_source_truncations_total"), 0);
  EXPECT_EQ(exporter->metric("telephony_exporter_source_lag_bytes"), 0);
  const double took = std::chrono::duration<double>(steady_clock::now() - begin).count();
  std::cout << "rotation storm: " << rotations << " rotations, " << kKills << " kills, " << written
            << " lines in " << took << " s (" << written / took << " a second): all counted once\n";
}

}  // namespace
}  // namespace telephony
