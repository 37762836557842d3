// Log lines: a constant message and fields, to stderr, as logfmt or JSON. Never a body, a number or an
// account.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace telephony {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { logfmt, json };

std::optional<LogLevel> parse_log_level(std::string_view name);
std::optional<LogFormat> parse_log_format(std::string_view name);

struct LogField {
  std::string_view key;
  std::string value;
};

/// Thread-safe. Each line is written by one call of `write`, newline included.
class Log {
 public:
  using Write = std::function<void(std::string_view line)>;

  explicit Log(LogLevel level = LogLevel::info, LogFormat format = LogFormat::logfmt, Write write = {});

  void debug(std::string_view message, std::initializer_list<LogField> fields = {});
  void info(std::string_view message, std::initializer_list<LogField> fields = {});
  void warn(std::string_view message, std::initializer_list<LogField> fields = {});
  void error(std::string_view message, std::initializer_list<LogField> fields = {});

 private:
  void line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields);

  LogLevel level_;
  LogFormat format_;
  Write write_;
  std::mutex mutex_;
};

}  // namespace telephony
