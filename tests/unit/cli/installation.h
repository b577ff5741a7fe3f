// An installation, and the program's commands run against it.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "support/installation.h"

namespace notifyd::cli {

class Installation : public test::Installation {
 public:
  struct Ran {
    int code = 0;
    std::string out, err;
  };
  // `line` begins with the name of the program.
  static Ran run(const std::vector<std::string>& line, const RunDaemon& run_daemon = nullptr) {
    std::ostringstream out, err;
    const int code = run_line(line, {out, err}, run_daemon);
    return {code, out.str(), err.str()};
  }
  Ran check() const {
    return run({"teleport-notifyd", "check", "--offline", "-c", path("notifyd.toml")});
  }
};

}  // namespace notifyd::cli
