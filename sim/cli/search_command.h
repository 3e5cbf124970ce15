#ifndef SAKSI_SIM_CLI_SEARCH_COMMAND_H_
#define SAKSI_SIM_CLI_SEARCH_COMMAND_H_

#include "sim/cli/cli.h"

namespace saksi::sim {

/// Adds `search`, as the others of cli.h.
void add_search_command(CLI::App& app, Command& chosen);

}  // namespace saksi::sim

#endif
