#include "process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <httplib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace telephony {
namespace {

constexpr std::chrono::seconds kStartDeadline{30};  // sanitizers on a busy machine
constexpr std::chrono::seconds kRunDeadline{60};

void check(bool ok, const std::string& what) {
  if (!ok) throw std::runtime_error(what + ": " + std::strerror(errno));
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::vector<std::string> merged_environment(const Environment& more) {
  Environment merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != text.npos) merged.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  for (const auto& [name, value] : more) merged[name] = value;
  std::vector<std::string> out;
  for (const auto& [name, value] : merged) out.push_back(name + '=' + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// The value of a field of a logfmt line, or nothing.
std::optional<std::string> log_field(const std::string& line, const std::string& key) {
  const std::string start = ' ' + key + '=';
  const std::size_t at = line.find(start);
  if (at == line.npos) return std::nullopt;
  const std::size_t begin = at + start.size();
  return line.substr(begin, line.find_first_of(" \n", begin) - begin);
}

std::uint16_t port_of(const std::optional<std::string>& address) {
  if (!address) return 0;
  return static_cast<std::uint16_t>(std::stoul(address->substr(address->rfind(':') + 1)));
}

std::vector<std::string> exporter_arguments(const Start& start, const TemporaryDirectory& own) {
  const std::string configuration =
      start.configuration.empty() ? SOURCE_DIRECTORY "/config/telephony_exporter.yml" : start.configuration;
  std::vector<std::string> arguments = {
      start.binary, "--config.file=" + configuration, "--web.listen-address=" + start.web_address,
      "--ingest.listen-address=" + start.ingest_address,
      "--journal.path=" + (start.journal.empty() ? own.path() + "/journal.db" : start.journal)};
  arguments.insert(arguments.end(), start.flags.begin(), start.flags.end());
  return arguments;
}

httplib::Client client_of(std::uint16_t port) {
  httplib::Client client("127.0.0.1", port);
  client.set_tcp_nodelay(true);
  client.set_read_timeout(kRunDeadline);
  return client;
}

Answer answer_of(const httplib::Result& result) {
  Answer answer;
  if (!result) return answer;
  answer.status = result->status;
  answer.type = result->get_header_value("Content-Type");
  answer.body = result->body;
  answer.headers = {result->headers.begin(), result->headers.end()};
  return answer;
}

/// Reads `name="value",...}` and stands behind it afterwards.
Labels parse_labels(std::string_view& rest) {
  Labels labels;
  while (!rest.empty() && !rest.starts_with('}')) {
    const std::size_t equals = rest.find("=\"");
    if (equals == rest.npos) throw std::runtime_error("a label without a value");
    const std::string name(rest.substr(0, equals));
    std::string value;
    std::size_t i = equals + 2;
    for (; i < rest.size() && rest[i] != '"'; ++i) {
      if (rest[i] == '\\') ++i;
      value += rest[i] == 'n' && rest[i - 1] == '\\' ? '\n' : rest[i];
    }
    rest.remove_prefix(i + 1);
    if (rest.starts_with(',')) rest.remove_prefix(1);
    if (!labels.emplace(name, value).second) throw std::runtime_error("label " + name + " is here twice");
  }
  rest.remove_prefix(1);
  return labels;
}

bool has_labels(const Sample& sample, const Labels& labels) {
  for (const auto& [name, value] : labels) {
    const auto found = sample.labels.find(name);
    if (found == sample.labels.end() || found->second != value) return false;
  }
  return true;
}

}  // namespace

bool eventually(std::chrono::milliseconds deadline, const std::function<bool()>& is_so) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

std::uint16_t free_port() {
  // Below the ports that the kernel gives to clients, or a connection of another test might take it
  // meanwhile.
  constexpr int kFirst = 20000;
  constexpr int kPorts = 12000;
  static int next = getpid() * 31;
  for (int tries = 0; tries < kPorts; ++tries) {
    const auto port = static_cast<std::uint16_t>(kFirst + next++ % kPorts);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(socket >= 0, "socket");
    const sockaddr_in address = loopback(port);
    const bool bound = bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(socket);
    if (bound) return port;
  }
  throw std::runtime_error("no port is free");
}

std::string read_text_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "telephony_test.XXXXXX").string();
  check(mkdtemp(name.data()) != nullptr, "mkdtemp");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(const std::string& name, std::string_view text) const {
  const std::string path = path_ + '/' + name;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw std::runtime_error(path + " cannot be written");
  return path;
}

Process::Process(const std::vector<std::string>& arguments, const Environment& environment,
                 std::string_view input) {
  if (arguments[0].find('/') != std::string::npos && access(arguments[0].c_str(), X_OK) != 0) {
    throw std::runtime_error(arguments[0] + " is not there; script/build makes it");
  }
  const std::string in = files_.write("input", input);
  const std::string out = files_.write("output", "");
  const std::string err = files_.write("errors", "");
  std::vector<std::string> argument_texts = arguments;
  std::vector<std::string> environment_texts = merged_environment(environment);
  const std::vector<char*> argv = pointers(argument_texts);
  const std::vector<char*> envp = pointers(environment_texts);
  const pid_t parent = getpid();
  id_ = fork();
  check(id_ >= 0, "fork");
  if (id_ > 0) return;
  // Only calls that are safe between fork and exec.
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves nothing running
  const bool ready = getppid() == parent && dup2(open(in.c_str(), O_RDONLY | O_CLOEXEC), 0) == 0 &&
                     dup2(open(out.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC), 1) == 1 &&
                     dup2(open(err.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC), 2) == 2;
  if (ready) execve(argv[0], argv.data(), envp.data());
  _exit(127);
}

Process::~Process() {
  if (exit_code_) return;
  kill(id_, SIGKILL);
  waitpid(id_, nullptr, 0);
}

void Process::signal(int number) {
  if (!exit_code_) check(kill(id_, number) == 0, "kill");
}

std::optional<int> Process::wait(std::chrono::milliseconds deadline) {
  eventually(deadline, [&] {
    int status = 0;
    if (!exit_code_ && waitpid(id_, &status, WNOHANG) == id_) {
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return exit_code_.has_value();
  });
  return exit_code_;
}

Finished run(const std::vector<std::string>& arguments, const Environment& environment,
             std::string_view input) {
  Process process(arguments, environment, input);
  const auto exit_code = process.wait(kRunDeadline);
  if (!exit_code) throw std::runtime_error(arguments[0] + " does not end");
  return {*exit_code, process.output(), process.errors()};
}

Finished run_exporter(std::vector<std::string> arguments, const Environment& environment,
                      std::string_view input) {
  arguments.insert(arguments.begin(), EXPORTER_BINARY);
  return run(arguments, environment, input);
}

std::vector<Sample> parse_metrics(const std::string& page) {
  std::vector<Sample> samples;
  std::string_view rest = page;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == rest.npos) throw std::runtime_error("the last line does not end");
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line.starts_with('#')) continue;
    Sample sample;
    const std::size_t name_end = line.find_first_of("{ ");
    sample.name = line.substr(0, name_end);
    line.remove_prefix(name_end);
    if (line.starts_with('{')) {
      line.remove_prefix(1);
      sample.labels = parse_labels(line);
    }
    sample.value = std::stod(std::string(line));
    samples.push_back(std::move(sample));
  }
  return samples;
}

Exporter::Exporter(const Start& start)
    : process_(exporter_arguments(start, directory_), start.environment, start.input) {
  std::string ready;
  const bool is_ready = eventually(kStartDeadline, [&] {
    const std::string log = process_.errors();
    const std::size_t at = log.find(" msg=ready ");
    if (at != log.npos && log.find('\n', at) != log.npos) ready = log.substr(at);
    return !ready.empty() || process_.wait({});
  });
  web_port_ = port_of(log_field(ready, "web"));
  ingest_port_ = port_of(log_field(ready, "ingest"));
  if (!is_ready || web_port_ == 0 || ingest_port_ == 0) {
    throw std::runtime_error("the exporter does not start: " + process_.errors());
  }
}

Answer Exporter::post(const std::string& path, const std::string& body, const std::string& type,
                      const HttpHeaders& headers) const {
  const httplib::Headers sent(headers.begin(), headers.end());
  return answer_of(client_of(ingest_port_).Post(path, sent, body, type));
}

Answer Exporter::get(const std::string& path) const { return answer_of(client_of(web_port_).Get(path)); }

Answer Exporter::reload() const { return answer_of(client_of(web_port_).Post("/-/reload")); }

std::vector<Sample> Exporter::metrics() const {
  const Answer answer = get("/metrics");
  if (answer.status != 200) throw std::runtime_error("/metrics answers " + std::to_string(answer.status));
  return parse_metrics(answer.body);
}

std::optional<double> Exporter::metric(const std::string& name, const Labels& labels) const {
  return sum_of(metrics(), name, labels);
}

std::optional<int> Exporter::stop() {
  process_.signal(SIGTERM);
  return process_.wait(kRunDeadline);
}

std::optional<double> sum_of(const std::vector<Sample>& samples, const std::string& name,
                             const Labels& labels) {
  std::optional<double> sum;
  for (const Sample& sample : samples) {
    if (sample.name == name && has_labels(sample, labels)) sum = sum.value_or(0) + sample.value;
  }
  return sum;
}

void expect_conserved(const std::vector<Sample>& samples) {
  std::size_t sources = 0;
  for (const Sample& sample : samples) {
    if (sample.name != "telephony_exporter_events_received_total") continue;
    ++sources;
    const std::string& source = sample.labels.at("source");
    EXPECT_EQ(sum_of(samples, "telephony_exporter_events_total", sample.labels), sample.value) << source;
    EXPECT_EQ(
        sum_of(samples, "telephony_exporter_rejected_total", sample.labels),
        sum_of(samples, "telephony_exporter_events_total", {{"source", source}, {"result", "rejected"}}))
        << source;
  }
  EXPECT_GT(sources, 0U);
}

void ExporterTest::TearDown() {
  if (!exporter_) return;
  expect_conserved(exporter_->metrics());
  stop_exporter();
}

void ExporterTest::stop_exporter() {
  EXPECT_EQ(exporter_->stop(), 0) << exporter_->errors();
  exporter_.reset();
}

RawConnection::RawConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  check(socket_ >= 0, "socket");
  const sockaddr_in address = loopback(port);
  const timeval patience{kRunDeadline.count(), 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
  close(socket_);
  throw std::runtime_error("connect: " + std::string(std::strerror(errno)));
}

RawConnection::~RawConnection() { close(socket_); }

void RawConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    check(sent > 0, "send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string RawConnection::receive_to_end() const {
  std::string received;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t bytes = recv(socket_, buffer.data(), buffer.size(), 0);
    check(bytes >= 0, "recv");
    if (bytes == 0) return received;
    received.append(buffer.data(), static_cast<std::size_t>(bytes));
  }
}

std::string RawConnection::receive_until(std::string_view end) const {
  std::string received;
  char byte = 0;
  while (!received.ends_with(end)) {
    check(recv(socket_, &byte, 1, 0) == 1, "recv");
    received += byte;
  }
  return received;
}

}  // namespace telephony
