// Senders that never give up and a scraper that misses nothing, around an exporter that is killed, reloaded
// or starved; and the truth about what it should have counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "process.h"

namespace telephony {

/// What the senders know for sure.
struct StormFigures {
  std::uint64_t events = 0;                ///< distinct ones
  std::uint64_t requests = 0;              ///< all of them, answered or not
  std::uint64_t redeliveries = 0;          ///< of events that had been acknowledged
  std::uint64_t unanswered = 0;            ///< refused connections, lost replies, 503
  std::uint64_t committed_unanswered = 0;  ///< of them, those that turned out to be counted already
  std::uint64_t counted_twice = 0;         ///< redeliveries that were counted again
  std::map<std::string, std::uint64_t> by_code;
  std::map<std::string, std::uint64_t> by_account;

  StormFigures& operator+=(const StormFigures& more);
};

/// Session summaries with errors, to fixed loopback ports.
class Storm {
 public:
  struct Ports {
    std::uint16_t web = 0;
    std::uint16_t ingest = 0;
  };
  /// So many events a second together, of which a tenth are redeliveries.
  Storm(Ports ports, int events_per_second);
  ~Storm();

  /// Delivers whatever has not been acknowledged, then stops the senders. The exporter must be running.
  StormFigures calm();

  /// The counters that a scraper saw fall, and those that it saw vanish.
  std::vector<std::string> falls() const;
  std::uint64_t scrapes() const { return scrapes_; }

 private:
  void send(unsigned sender, std::chrono::microseconds pause);
  void scrape();

  const Ports ports_;
  std::atomic<bool> calming_ = false;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  StormFigures figures_;
  std::vector<std::string> falls_;
  std::atomic<std::uint64_t> scrapes_ = 0;
  std::vector<std::thread> senders_;
  std::thread scraper_;
};

/// The exporter has counted exactly what the senders know, in every metric.
void expect_exact(const std::vector<Sample>& samples, const StormFigures& truth);

/// The value of an environment variable, for the long form of a test.
int repetitions(const char* variable, int usual);

}  // namespace telephony
