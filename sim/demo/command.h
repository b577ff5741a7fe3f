// A command run to its end, as in a terminal.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace notifyd::sim {

struct CommandEnd {
  int exit_code = 0;   // 128 + n after signal n
  std::string output;  // stdout and stderr, in the order in which they were written
};

// [any thread that may block] For programs that end by themselves. Ctrl-C reaches only the demo.
// An Error: it could not be started.
Result<CommandEnd> run_command(std::vector<std::string> words);

}  // namespace notifyd::sim
