// The exporter itself: everything wired together, until it is told to stop.
#pragma once

#include "main/command_line.h"

namespace telephony {

/// Runs until SIGTERM or SIGINT; SIGHUP reloads the configuration. Returns the exit code. Throws ConfigError.
int serve(const Options& options);

}  // namespace telephony
