// The demo's command line.
#pragma once

#include <optional>
#include <string>

namespace notifyd::sim {

struct DemoOptions {
  std::string daemon;       // path of teleport-notifyd
  std::string modules_dir;  // where its modules are copied from
  std::string blue_dir;     // where the page's other build of the Slack module is copied from
  int port = 0;             // of the page; 0: any
  bool once = false;        // play one request through in the terminal
  bool rate_limits = false;
  bool through_proxy = false;  // to Teleport
  bool verbose = false;        // the daemon's log goes to stderr
  std::string log_file;        // "": in the demo's own directory
};

// nullopt: nothing more to do; `exit_code` says how it went (help was asked for, or a mistake).
std::optional<DemoOptions> parse_options(int argc, char** argv, int& exit_code);

}  // namespace notifyd::sim
