// Real SIP: Kamailio between callers and gateways of sipp, and the exporter behind its accounting. What is
// counted must be what the callers were told, by sipp's own statistics.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>

#include "process.h"

namespace telephony {
namespace {

constexpr std::chrono::seconds kPatience{60};  // a machine may be busy with something else
constexpr int kCallsANumber = 10;

/// What is dialled; kamailio.cfg and gateway.xml say who answers what.
enum Number : int { no_such_number = 100, blocked = 106, two_gateways = 110 };

std::vector<int> numbers(int last) {
  std::vector<int> out;
  for (int number = no_such_number; number <= last; ++number) out.push_back(number);
  return out;
}

std::string scenario(const std::string& name) { return SOURCE_DIRECTORY "/tests/testdata/sip/" + name; }

/// sipp writes its screens for a terminal.
const Environment kNoTerminal = {{"TERM", "dumb"}};

class Gateway {
 public:
  std::string port() const { return port_; }

 private:
  std::string port_ = std::to_string(free_port());
  Process process_{{"/usr/bin/sipp", "-sf", scenario("gateway.xml"), "-i", "127.0.0.1", "-p", port_, "-cp",
                    std::to_string(free_port()), "-nostdin"},
                   kNoTerminal};
};

/// Is asked to end when the test dies, since it has children of its own.
class Kamailio {
 public:
  explicit Kamailio(const std::vector<std::string>& more) : process_(arguments(more)) {
    EXPECT_TRUE(eventually(kPatience, [this] { return accepts(); })) << process_.errors();
  }
  ~Kamailio() { stop(); }
  Kamailio(const Kamailio&) = delete;
  Kamailio& operator=(const Kamailio&) = delete;

  std::uint16_t port() const { return port_; }
  std::string log_file() const { return process_.errors_file(); }

  /// Afterwards all that it has to say is written.
  void stop() {
    process_.signal(SIGTERM);
    EXPECT_TRUE(process_.wait(kPatience).has_value()) << "Kamailio does not end";
  }

 private:
  std::vector<std::string> arguments(const std::vector<std::string>& more) const {
    const std::string address = "127.0.0.1:" + std::to_string(port_);
    std::vector<std::string> all = {"/usr/bin/setpriv",
                                    "--pdeathsig",
                                    "TERM",
                                    "/usr/sbin/kamailio",
                                    "-DD",
                                    "-f",
                                    scenario("kamailio.cfg"),
                                    "-l",
                                    "udp:" + address,
                                    "-l",
                                    "tcp:" + address,
                                    "-A",
                                    "EAST_PORT=" + east_.port(),
                                    "-A",
                                    "WEST_PORT=" + west_.port(),
                                    "-w",
                                    directory_.path(),
                                    "-Y",
                                    directory_.path(),
                                    "-m",
                                    "32",
                                    "-M",
                                    "4"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  bool accepts() const {
    try {
      const RawConnection connection(port_);
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

  TemporaryDirectory directory_;
  Gateway east_;
  Gateway west_;
  std::uint16_t port_ = free_port();
  Process process_;
};

std::vector<std::string> cells(const std::string& row) {
  std::vector<std::string> out;
  std::istringstream in(row);
  for (std::string cell; std::getline(in, cell, ';');) out.push_back(cell);
  return out;
}

/// sipp's statistics at the end of a run: how many calls got which final answer, by code, and what was sent
/// again.
struct Told {
  std::map<std::string, double> answers;
  double calls = 0;
  double repeated = 0;
};

Told read_statistics(const std::string& path) {
  static constexpr std::string_view kCounter = "GenericCounter";
  std::ifstream in(path);
  std::string head, row;
  std::getline(in, head);
  for (std::string line; std::getline(in, line);) row = line;
  const std::vector<std::string> names = cells(head), values = cells(row);
  Told told;
  for (std::size_t i = 0; i < std::min(names.size(), values.size()); ++i) {
    if (!names[i].ends_with("(C)")) continue;
    if (names[i].starts_with(kCounter))
      told.answers[names[i].substr(kCounter.size(), 3)] = std::stod(values[i]);
    if (names[i].starts_with("SuccessfulCall")) told.calls = std::stod(values[i]);
    if (names[i].starts_with("Retransmissions")) told.repeated = std::stod(values[i]);
  }
  return told;
}

double lines_of(const std::string& path) {
  std::ifstream in(path);
  double lines = 0;
  for (std::string line; std::getline(in, line);) lines += line.empty() ? 0 : 1;
  return lines;
}

/// Dials each of the numbers `kCallsANumber` times, over "udp" with losses or over "tcp".
Told call(const Kamailio& proxy, const std::vector<int>& dialled, const std::string& transport) {
  const TemporaryDirectory directory;
  std::string list = "SEQUENTIAL\n";
  for (const int number : dialled) list += "+12025550" + std::to_string(number) + "\n";
  const std::string statistics = directory.path() + "/statistics.csv";
  std::vector<std::string> sipp = {"/usr/bin/sipp",
                                   "127.0.0.1:" + std::to_string(proxy.port()),
                                   "-sf",
                                   scenario("caller.xml"),
                                   "-inf",
                                   directory.write("numbers.csv", list),
                                   "-i",
                                   "127.0.0.1",
                                   "-p",
                                   std::to_string(free_port()),
                                   "-cp",
                                   std::to_string(free_port()),
                                   "-nostdin",
                                   "-r",
                                   "100",
                                   "-m",
                                   std::to_string(dialled.size() * kCallsANumber),
                                   "-timeout",
                                   "50s",
                                   "-timeout_error",
                                   "-trace_stat",
                                   "-stf",
                                   statistics};
  if (transport == "tcp") sipp.insert(sipp.end(), {"-t", "t1"});
  if (transport == "udp") sipp.insert(sipp.end(), {"-lost", "10"});
  const Finished finished = run(sipp, kNoTerminal);
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  return read_statistics(statistics);
}

Told operator+(Told sum, const Told& more) {
  for (const auto& [code, calls] : more.answers) sum.answers[code] += calls;
  sum.calls += more.calls;
  sum.repeated += more.repeated;
  return sum;
}

class SipPeersTest : public ExporterTest {
 protected:
  Exporter& start_with(const std::string& input) {
    return start(
        {.configuration = directory_.write(
             "exporter.yml", "providers: [" SOURCE_DIRECTORY "/config/providers/kamailio.yml]\n"
                             "accounts: {map: {kamailio: {gw-east: carrier-a, gw-west: carrier-b}}}\n"
                             "sources:\n"
                             "  - {name: proxy, provider: kamailio, product: voice, " +
                                 input + "}\n")});
  }

  static void expect_all_read(const Exporter& exporter, const std::string& log) {
    const double lines = lines_of(log);
    const auto received = [&] { return exporter.metric("telephony_exporter_events_received_total"); };
    EXPECT_TRUE(eventually(kPatience, [&] { return received() == lines; }))
        << received().value_or(-1) << " of " << lines;
  }

  /// All calls that the callers made are counted by how they ended.
  static void expect_told(const Exporter& exporter, const Told& told) {
    const auto sessions = [&] { return exporter.metric("telephony_sessions_total"); };
    EXPECT_TRUE(eventually(kPatience, [&] { return sessions() >= told.calls; }));
    for (const auto& [code, calls] : told.answers) {
      if (code == "200") continue;
      EXPECT_EQ(exporter.metric("telephony_errors_total", {{"code", code}}), calls) << code;
    }
    EXPECT_EQ(exporter.metric("telephony_sessions_total"), told.calls);
    EXPECT_EQ(exporter.metric("telephony_sessions_total", {{"outcome", "completed"}}),
              told.answers.at("200"));
    EXPECT_EQ(exporter.metric("telephony_sessions_total", {{"outcome", "canceled"}}), told.answers.at("487"));
    EXPECT_EQ(exporter.metric("telephony_errors_total"), told.calls - told.answers.at("200"));
    std::cout << "real SIP: " << told.calls << " calls, " << told.repeated << " messages sent again, "
              << exporter.metric("telephony_exporter_events_received_total").value_or(0)
              << " lines: counted as sipp counts\n";
  }

  TemporaryDirectory directory_;
};

TEST_F(SipPeersTest, WhatCallersAreToldCountsOnceFromALogThatTellsItTwice) {
  Kamailio proxy({"-E", "-A", "WITH_MISSED"});
  Exporter& exporter = start_with("file: {paths: [" + proxy.log_file() + "]}");
  const std::vector<int> dialled = numbers(two_gateways - 1);
  const Told told = call(proxy, dialled, "udp") + call(proxy, dialled, "tcp");
  EXPECT_EQ(told.calls, 2 * kCallsANumber * dialled.size());
  EXPECT_GT(told.repeated, 0) << "nothing was lost, so nothing was sent twice";
  proxy.stop();
  expect_all_read(exporter, proxy.log_file());
  expect_told(exporter, told);
  for (const auto& [code, calls] : told.answers) EXPECT_GT(calls, 0) << code;

  // Every refusal of a gateway is told as missed and as answered.
  EXPECT_GE(exporter.metric("telephony_exporter_events_total", {{"result", "duplicate"}}),
            told.calls - told.answers.at("200") - told.answers.at("404"));
  EXPECT_EQ(exporter.metric("telephony_errors_total", {{"reason", "network_blocked"}}), 2 * kCallsANumber);
  EXPECT_EQ(exporter.metric("telephony_retry_allowed", {{"code", "503"}}), 1);
  EXPECT_GT(exporter.metric("telephony_retry_after_seconds", {{"code", "503"}}), 0);
}

TEST_F(SipPeersTest, ACallOverTwoGatewaysCountsAsItEndedForTheTrunkThatEndedIt) {
  const std::string address = "127.0.0.1:" + std::to_string(free_port());
  Exporter& exporter = start_with("syslog: {listen: '" + address + "', protocols: [udp], auth: none}");
  Kamailio proxy({"-A", "LOG_TO=\"" + address + "\""});
  const Told told = call(proxy, numbers(two_gateways), "udp");
  proxy.stop();
  expect_told(exporter, told);
  EXPECT_EQ(told.answers.at("486"), 2 * kCallsANumber)
      << "of the second gateway, and of the one without a first";

  const auto errors = [&](const Labels& labels) {
    return exporter.metric("telephony_account_errors_total", labels);
  };
  EXPECT_EQ(errors({{"account", "carrier-a"}}), 3 * kCallsANumber) << "480, 503, 603";
  EXPECT_EQ(errors({{"account", "carrier-a"}, {"code", "503"}}), kCallsANumber);
  EXPECT_EQ(errors({{"account", "carrier-b"}}), 4 * kCallsANumber) << "486 twice, 603, 487";
  EXPECT_EQ(errors({{"account", "carrier-b"}, {"code", "486"}}), 2 * kCallsANumber);
  EXPECT_EQ(errors({}), 7 * kCallsANumber) << "of other accounts there is none";
}

TEST_F(SipPeersTest, RecordsAsJsonCountTheSame) {
  Kamailio proxy({"-E", "-A", "WITH_JSON"});
  Exporter& exporter = start_with("file: {paths: [" + proxy.log_file() + "]}");
  const Told told = call(proxy, numbers(two_gateways), "tcp");
  // What waits for the next delivery would be lost with Kamailio.
  EXPECT_TRUE(eventually(
      kPatience, [&] { return exporter.metric("telephony_sessions_total").value_or(0) >= told.calls; }));
  proxy.stop();
  expect_all_read(exporter, proxy.log_file());
  expect_told(exporter, told);
  EXPECT_EQ(exporter.metric("telephony_errors_total", {{"reason", "network_blocked"}}), kCallsANumber);
}

}  // namespace
}  // namespace telephony
