// The real programs as child processes: the exporter, and what runs beside it.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telephony {

/// Asks again and again until it is so, or the deadline has passed; says which.
bool eventually(std::chrono::milliseconds deadline, const std::function<bool()>& is_so);

/// A loopback port that nobody listened on a moment ago.
std::uint16_t free_port();

std::string read_text_file(const std::string& path);

/// Is gone with all that is in it when it goes out of scope.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  /// Writes the file as a whole and returns its path.
  std::string write(const std::string& name, std::string_view text) const;

 private:
  std::string path_;
};

using Environment = std::map<std::string, std::string>;

/// A program that runs beside the test and ends with it at the latest.
class Process {
 public:
  /// The environment is added to the test's own; the input is what standard input holds.
  explicit Process(const std::vector<std::string>& arguments, const Environment& environment = {},
                   std::string_view input = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number);
  pid_t id() const { return id_; }
  /// The exit code, 128 more than a signal's number, or nothing when it still runs at the deadline.
  std::optional<int> wait(std::chrono::milliseconds deadline);

  std::string output() const { return read_text_file(files_.path() + "/output"); }  ///< so far
  std::string errors() const { return read_text_file(errors_file()); }              ///< so far
  std::string errors_file() const { return files_.path() + "/errors"; }

 private:
  TemporaryDirectory files_;
  pid_t id_ = -1;
  std::optional<int> exit_code_;
};

/// What a program did that has ended.
struct Finished {
  int exit_code = -1;
  std::string output;
  std::string errors;
};

Finished run(const std::vector<std::string>& arguments, const Environment& environment = {},
             std::string_view input = {});
/// The exporter's binary with these arguments.
Finished run_exporter(std::vector<std::string> arguments, const Environment& environment = {},
                      std::string_view input = {});

using Labels = std::map<std::string, std::string>;
using HttpHeaders = std::multimap<std::string, std::string>;

struct Answer {
  int status = 0;  ///< 0 when there was none
  std::string type;
  std::string body;
  HttpHeaders headers;
};

/// One sample of a metrics page.
struct Sample {
  std::string name;
  Labels labels;
  double value = 0;
};

std::vector<Sample> parse_metrics(const std::string& page);

struct Start {
  std::string configuration;  ///< empty: the shipped one
  std::vector<std::string> flags = {};
  Environment environment = {};
  std::string ingest_address = "127.0.0.1:0";
  std::string journal = {};  ///< empty: one of its own, gone with it
  std::string web_address = "127.0.0.1:0";
  std::string binary = EXPORTER_BINARY;
  std::string input = {};  ///< what standard input holds
};

/// A running exporter on ports of its own. All requests are made on new connections.
class Exporter {
 public:
  /// Returns when it is ready; a failure to start is a failure of the test.
  explicit Exporter(const Start& start = {});

  Process& process() { return process_; }
  std::string errors() const { return process_.errors(); }
  std::uint16_t web_port() const { return web_port_; }
  std::uint16_t ingest_port() const { return ingest_port_; }

  /// To the ingest listener.
  Answer post(const std::string& path, const std::string& body, const std::string& type = "application/json",
              const HttpHeaders& headers = {}) const;
  /// From the web listener.
  Answer get(const std::string& path) const;
  Answer reload() const;

  std::vector<Sample> metrics() const;
  /// The sum of the samples that have these labels among theirs, or nothing when there is none.
  std::optional<double> metric(const std::string& name, const Labels& labels = {}) const;

  /// Stops it as an operator would and returns its exit code.
  std::optional<int> stop();

 private:
  TemporaryDirectory directory_;
  Process process_;
  std::uint16_t web_port_ = 0;
  std::uint16_t ingest_port_ = 0;
};

/// The sum of the samples of that name that have these labels among theirs, or nothing when there is none.
std::optional<double> sum_of(const std::vector<Sample>& samples, const std::string& name,
                             const Labels& labels = {});

/// For every source, received = counted + duplicate + ignored + rejected, and the causes explain the
/// rejected.
void expect_conserved(const std::vector<Sample>& samples);

/// Tests that have an exporter; what they sent must be accounted for when they end.
class ExporterTest : public ::testing::Test {
 protected:
  Exporter& start(const Start& start = {}) { return *(exporter_ = std::make_unique<Exporter>(start)); }
  void TearDown() override;

  /// Stopped with its exit code checked; nothing is asked of it when the test ends.
  void stop_exporter();

 private:
  std::unique_ptr<Exporter> exporter_;
};

/// A TCP connection to a loopback port that says exactly what it is told to.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void send(std::string_view bytes) const;
  /// All that comes until the peer closes.
  std::string receive_to_end() const;
  /// What comes up to and including `end`.
  std::string receive_until(std::string_view end) const;

 private:
  int socket_;
};

}  // namespace telephony
