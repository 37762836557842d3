#include "main/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "telephony_exporter/config/address.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

constexpr int kUsageError = 2;

/// `--web.listen-address` can be given as TELEPHONY_EXPORTER_WEB_LISTEN_ADDRESS too.
std::string variable(const std::string& flag) {
  std::string name = "TELEPHONY_EXPORTER_";
  for (const char c : flag.substr(2)) {
    name += c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

void add_setting(CLI::App& app, const std::string& flag, std::string& value, const std::string& help) {
  app.add_option(flag, value, help)->envname(variable(flag))->capture_default_str();
}

void add_subcommands(CLI::App& app, Options& options) {
  using Command = Options::Command;
  const auto command = [&](const char* name, Command which, const char* help) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->callback([&options, which] { options.command = which; });
    return sub;
  };
  command("check-config", Command::check_config, "Check configuration or catalog files")
      ->add_option("FILE", options.words, "Files to check; without any, that of --config.file");
  CLI::App* explain = command("explain", Command::explain, "Say what a code, a message or a log line means");
  explain->add_option("CODE|TEXT", options.words, "What to explain")->required();
  explain->add_option("--provider", options.provider, "Look in this provider's catalog only");
  explain->add_flag("--json", options.json, "Answer as JSON");
  CLI::App* replay =
      command("replay", Command::replay, "Count files as a source would, print the metrics, exit");
  replay->add_option("--source", options.source, "The source whose events these are")->required();
  replay
      ->add_option("FILE", options.words,
                   "Files, or - for standard input; .json holds one document, .ndjson one "
                   "a line, .form one form a line, all others hold log lines")
      ->required();
  command("catalog", Command::catalog, "List every code that the catalogs know")
      ->add_flag("--json", options.json, "Answer as JSON");
  CLI::App* journal =
      app.add_subcommand("journal", "Look into a journal; a running exporter may have it open");
  journal->require_subcommand(1);
  const auto on_journal = [&](const char* name, Command which, const char* help) {
    CLI::App* sub = journal->add_subcommand(name, help);
    sub->callback([&options, which] { options.command = which; });
    sub->add_option("PATH", options.words, "The journal's file")->required()->expected(1);
  };
  on_journal("check", Command::journal_check, "Exit 0 if every row of it is what was written");
  on_journal("stats", Command::journal_stats, "Say what stands in it");
  command("healthcheck", Command::healthcheck, "Exit 0 if a running exporter says that it is healthy");
}

int usage_error(const std::string& message) {
  std::cerr << "telephony_exporter: " << message << "; see --help\n";
  return kUsageError;
}

std::optional<std::string> wrong_path(const std::string& path) {
  if (!path.starts_with('/')) return "must start with /";
  const bool taken = path == "/" || path == "/config" || path.starts_with("/-/") || path.starts_with("/api/");
  if (taken) return "'" + path + "' is the path of another page";
  return std::nullopt;
}

std::optional<std::string> wrong_address(const std::string& address) {
  try {
    ListenAddress::parse(address);
    return std::nullopt;
  } catch (const ConfigError& e) {
    return e.what();
  }
}

Parsed check(Options options, const std::string& level, const std::string& format) {
  const auto log_level = parse_log_level(level);
  if (!log_level) return {{}, usage_error("--log.level must be debug, info, warn or error")};
  const auto log_format = parse_log_format(format);
  if (!log_format) return {{}, usage_error("--log.format must be logfmt or json")};
  if (const auto wrong = wrong_path(options.telemetry_path)) {
    return {{}, usage_error("--web.telemetry-path " + *wrong)};
  }
  for (const std::string& address : {options.web_address, options.ingest_address}) {
    if (const auto wrong = wrong_address(address)) return {{}, usage_error(*wrong)};
  }
  options.log_level = *log_level;
  options.log_format = *log_format;
  return {std::move(options), 0};
}

}  // namespace

Parsed parse_command_line(int argc, const char* const* argv) {
  CLI::App app("Counts telephony and CPaaS error codes from webhooks and logs for Prometheus.",
               "telephony_exporter");
  Options options;
  std::string level = "info";
  std::string format = "logfmt";
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.set_version_flag("--version", "telephony_exporter, version " TELEPHONY_VERSION);
  add_setting(app, "--config.file", options.config_file, "Configuration file");
  add_setting(app, "--web.listen-address", options.web_address, "Address for Prometheus and people");
  add_setting(app, "--web.telemetry-path", options.telemetry_path, "Path of the metrics page");
  add_setting(app, "--ingest.listen-address", options.ingest_address, "Address for the providers' webhooks");
  add_setting(app, "--journal.path", options.journal_path, "Where counts are kept; :memory: keeps nothing");
  add_setting(app, "--log.level", level, "debug, info, warn or error");
  add_setting(app, "--log.format", format, "logfmt or json");
  add_subcommands(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return {{}, app.exit(e)};
    return {{}, usage_error(e.what())};
  }
  return check(std::move(options), level, format);
}

}  // namespace telephony
