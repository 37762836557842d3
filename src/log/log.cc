#include "telephony_exporter/log/log.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

namespace telephony {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};

std::string timestamp() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::time_t seconds = millis / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 40> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text.data() + length, text.size() - length, ".%03dZ", static_cast<int>(millis % 1000));
  return text.data();
}

std::string json_text(std::string_view value) {
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string logfmt_value(std::string_view value) {
  const bool plain = !value.empty() && value.find_first_not_of(
                                           "abcdefghijklmnopqrstuvwxyz"
                                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                           "0123456789-_.:/[]@+") == value.npos;
  return plain ? std::string(value) : json_text(value);
}

void write_to_stderr(std::string_view line) {
  // A log line that can't be written has nowhere else to go.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view name) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i] == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

std::optional<LogFormat> parse_log_format(std::string_view name) {
  if (name == "logfmt") return LogFormat::logfmt;
  if (name == "json") return LogFormat::json;
  return std::nullopt;
}

Log::Log(LogLevel level, LogFormat format, Write write)
    : level_(level), format_(format), write_(write ? std::move(write) : write_to_stderr) {}

void Log::debug(std::string_view message, std::initializer_list<LogField> fields) {
  line(LogLevel::debug, message, fields);
}
void Log::info(std::string_view message, std::initializer_list<LogField> fields) {
  line(LogLevel::info, message, fields);
}
void Log::warn(std::string_view message, std::initializer_list<LogField> fields) {
  line(LogLevel::warn, message, fields);
}
void Log::error(std::string_view message, std::initializer_list<LogField> fields) {
  line(LogLevel::error, message, fields);
}

void Log::line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < level_) return;
  const bool json = format_ == LogFormat::json;
  std::string out = json ? "{" : "";
  const auto add = [&](std::string_view key, std::string_view value) {
    if (out.size() > 1) out += json ? ',' : ' ';
    out += json ? json_text(key) + ':' + json_text(value) : std::string(key) + '=' + logfmt_value(value);
  };
  add("ts", timestamp());
  add("level", kLevels[static_cast<std::size_t>(level)]);
  add("msg", message);
  for (const LogField& field : fields) add(field.key, field.value);
  out += json ? "}\n" : "\n";
  const std::lock_guard lock(mutex_);
  write_(out);
}

}  // namespace telephony
