// The subcommands that answer and exit. Each returns the exit code; ConfigErrors pass through.
#pragma once

#include "main/command_line.h"

namespace telephony {

int check_config(const Options& options);
int explain_code(const Options& options);
int list_catalog(const Options& options);
int replay(const Options& options);
int journal_check(const Options& options);
int journal_stats(const Options& options);
int healthcheck(const Options& options);

}  // namespace telephony
