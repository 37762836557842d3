// The command line: flags, subcommands, and what they ask for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "telephony_exporter/log/log.h"

namespace telephony {

struct Options {
  enum class Command {
    serve,
    check_config,
    explain,
    replay,
    catalog,
    journal_check,
    journal_stats,
    healthcheck
  };

  Command command = Command::serve;
  std::string config_file = "config/telephony_exporter.yml";
  std::string web_address = ":10065";
  std::string telemetry_path = "/metrics";
  std::string ingest_address = "127.0.0.1:10066";
  std::string journal_path = "data/journal.db";
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::logfmt;

  std::vector<std::string> words;       ///< what stands after the subcommand
  std::optional<std::string> provider;  ///< of explain
  std::string source;                   ///< of replay
  bool json = false;                    ///< of explain and catalog
};

/// Either options or, when there is nothing left to do, the exit code. Messages have been printed.
struct Parsed {
  std::optional<Options> options;
  int exit_code = 0;
};

Parsed parse_command_line(int argc, const char* const* argv);

}  // namespace telephony
