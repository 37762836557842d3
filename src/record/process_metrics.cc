// The process_* metrics of the Prometheus client libraries:
// https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "record/page_form.h"
#include "telephony_exporter/record/exporter_metrics.h"

namespace telephony {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::size_t kUserTime = 11, kSystemTime = 12, kStartTime = 19, kVirtual = 20, kResident = 21;

/// The fields of /proc/self/stat from the third on, as proc(5) numbers them less 3; empty when it is not
/// there. Read without a stream, which would take longer than the rest of a small page's numbers.
std::vector<std::int64_t> stat_fields() {
  std::array<char, 1024> text{};
  const int file = ::open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  const auto got = ::read(file, text.data(), text.size());
  ::close(file);
  const std::string_view line(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  const std::size_t close = line.rfind(')');
  if (close == line.npos || close + 4 > line.size()) return {};
  std::vector<std::int64_t> fields = {0};  // the third is a letter
  const char* const end = line.data() + line.size();
  for (const char* at = line.data() + close + 4; at < end && fields.size() <= kResident; ++at) {
    const auto [next, error] = std::from_chars(at, end, fields.emplace_back());
    if (error != std::errc{}) return {};
    at = next;
  }
  return fields.size() > kResident ? fields : std::vector<std::int64_t>();
}

/// When the machine started, as a Unix time. The kernel adds up every interrupt to answer, so it is asked
/// once.
double boot_time() {
  std::ifstream in("/proc/stat");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
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

/// Of the form; none when the system does not tell.
PageForm::Numbers numbers() {
  const std::vector<std::int64_t> fields = stat_fields();
  if (fields.empty()) return {};
  const auto stat = [&](std::size_t field) { return static_cast<double>(fields[field]); };
  static const double booted = boot_time();
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return {(stat(kUserTime) + stat(kSystemTime)) / ticks,
          open_files(),
          static_cast<double>(files.rlim_cur),
          stat(kVirtual),
          stat(kResident) * page,
          booted + stat(kStartTime) / ticks};
}

}  // namespace

std::vector<MetricFamily> ProcessMetrics::Collect() const {
  const PageForm::Numbers now = numbers();
  return now.empty() ? std::vector<MetricFamily>() : form().collected(now);
}

std::vector<RenderedFamily> ProcessMetrics::rendered(PageFormat format) const {
  PageForm::Numbers now = numbers();
  return now.empty() ? std::vector<RenderedFamily>() : form().rendered(format, std::move(now));
}

}  // namespace telephony
