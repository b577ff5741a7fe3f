#include "cli/run.h"

#include <iostream>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "daemon/daemon.h"
#include "ops/process.h"

namespace notifyd::cli {

int run(int argc, char** argv) {
  ops::prepare_process();
  const std::vector<std::string> line(argv, argv + argc);
  return run_line(line, {std::cout, std::cerr}, daemon::run_daemon);
}

}  // namespace notifyd::cli
