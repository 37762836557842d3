// The process_* metrics of the Prometheus client libraries:
// https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "record/page_form.h"
#include "telephony_exporter/record/exporter_metrics.h"

namespace telephony {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

struct Pages {
  std::int64_t all = 0, resident = 0;
};

/// Of /proc/self/statm, which costs a fraction of /proc/self/stat, as that adds up every thread. None when
/// the system does not tell.
std::optional<Pages> pages(int file) {
  std::array<char, 128> text{};
  const auto got = ::pread(file, text.data(), text.size(), 0);
  if (got <= 0) return std::nullopt;
  Pages pages;
  const char* const end = text.data() + got;
  const auto all = std::from_chars(text.data(), end, pages.all);
  if (all.ec != std::errc{} || all.ptr == end) return std::nullopt;
  const auto resident = std::from_chars(all.ptr + 1, end, pages.resident);
  return resident.ec == std::errc{} ? std::optional(pages) : std::nullopt;
}

double cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

/// When the machine started, as a Unix time.
double boot_time() {
  std::ifstream in("/proc/stat");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
}

/// As a Unix time: field 22 of /proc/self/stat, as proc(5) numbers them, is in ticks from there.
double start_time() {
  std::ifstream in("/proc/self/stat");
  std::string stat, field;
  std::getline(in, stat);
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  for (int number = 3; number <= 22; ++number) fields >> field;
  return boot_time() + std::strtod(field.c_str(), nullptr) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double open_files() {
  // Linux counts them since 6.2; before, the size is 0.
  struct stat counted {};
  if (stat("/proc/self/fd", &counted) == 0 && counted.st_size > 0)
    return static_cast<double>(counted.st_size);
  std::error_code error;
  std::filesystem::directory_iterator files("/proc/self/fd", error);
  // The directory that is being read is one of them.
  return error ? 0 : static_cast<double>(std::distance(begin(files), end(files))) - 1;
}

const PageForm& form() {
  static const PageForm of_all = {
      {"process_cpu_seconds_total", MetricType::Counter, "Total user and system CPU time spent in seconds."},
      {"process_open_fds", MetricType::Gauge, "Number of open file descriptors."},
      {"process_max_fds", MetricType::Gauge, "Maximum number of open file descriptors."},
      {"process_virtual_memory_bytes", MetricType::Gauge, "Virtual memory size in bytes."},
      {"process_resident_memory_bytes", MetricType::Gauge, "Resident memory size in bytes."},
      {"process_start_time_seconds", MetricType::Gauge,
       "Start time of the process since unix epoch in seconds."},
  };
  return of_all;
}

}  // namespace

ProcessMetrics::ProcessMetrics()
    : statm_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)), started_(start_time()) {}

ProcessMetrics::~ProcessMetrics() {
  if (statm_ >= 0) ::close(statm_);
}

PageForm::Numbers ProcessMetrics::numbers() const {
  const std::optional<Pages> memory = pages(statm_);
  if (!memory) return {};
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return {cpu_seconds(),
          open_files(),
          static_cast<double>(files.rlim_cur),
          static_cast<double>(memory->all) * page,
          static_cast<double>(memory->resident) * page,
          started_};
}

std::vector<MetricFamily> ProcessMetrics::Collect() const {
  const PageForm::Numbers now = numbers();
  return now.empty() ? std::vector<MetricFamily>() : form().collected(now);
}

std::vector<RenderedFamily> ProcessMetrics::rendered(PageFormat format) const {
  PageForm::Numbers now = numbers();
  return now.empty() ? std::vector<RenderedFamily>() : form().rendered(format, std::move(now));
}

}  // namespace telephony
