#include "cli/run.h"

#include <iostream>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "daemon/daemon.h"
#include "daemon/rehearsal.h"
#include "ops/process.h"

namespace notifyd::cli {

int run(int argc, char** argv) {
  ops::prepare_process();
  const std::vector<std::string> line(argv, argv + argc);
  if (line.size() > 1 && line[1] == daemon::kRehearsal) {
    return daemon::play_rehearsal({line.begin() + 1, line.end()});
  }
  return run_line(line, {std::cout, std::cerr}, daemon::run_daemon, "/proc/self/exe");
}

}  // namespace notifyd::cli
