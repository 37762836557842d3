#include <iostream>

#include "main/command_line.h"
#include "main/commands.h"
#include "main/serve.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

int run(const Options& options) {
  switch (options.command) {
    case Options::Command::serve:
      return serve(options);
    case Options::Command::check_config:
      return check_config(options);
    case Options::Command::explain:
      return explain_code(options);
    case Options::Command::replay:
      return replay(options);
    case Options::Command::catalog:
      return list_catalog(options);
    case Options::Command::journal_check:
      return journal_check(options);
    case Options::Command::journal_stats:
      return journal_stats(options);
    case Options::Command::healthcheck:
      return healthcheck(options);
  }
  return 2;
}

}  // namespace
}  // namespace telephony

int main(int argc, char** argv) {
  const telephony::Parsed parsed = telephony::parse_command_line(argc, argv);
  if (!parsed.options) return parsed.exit_code;
  try {
    return telephony::run(*parsed.options);
  } catch (const telephony::ConfigError& e) {
    std::cerr << e.what() << '\n';
  } catch (const std::exception& e) {
    std::cerr << "telephony_exporter: " << e.what() << '\n';
  }
  return 1;
}
