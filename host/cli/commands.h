// The commands, each in a file of its own. They print, and return the exit code.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/arguments.h"
#include "config/host_config.h"
#include "daemon/catalog.h"
#include "daemon/daemon.h"
#include "ops/log.h"

namespace notifyd::cli {

struct Io {
  std::ostream& out;
  std::ostream& err;
};

// What `start` hands over to: runs until it is told to stop. The faults are why it could not start.
using RunDaemon = std::function<config::Faults(
    const config::HostConfig& config, const daemon::DaemonOptions& options,
    std::shared_ptr<ops::DaemonLog> log, const daemon::LastWords& last_words)>;

int start(const Arguments& arguments, Io io, const RunDaemon& run_daemon);
int check(const Arguments& arguments, Io io);
int reload(const Arguments& arguments, Io io);
int status(const Arguments& arguments, Io io);
int configure(const Arguments& arguments, Io io);
int list(const Arguments& arguments, Io io);  // `modules`

// The configuration file in the form of the program's name.
config::HostConfig load_config(const Arguments& arguments);

// The directories of --modules-dir or --config, or the defaults.
Result<daemon::ModuleDirs> module_dirs(const Arguments& arguments);

// Prints the error, or all faults and how many they are, and is the exit code.
int failed(const Error& error, Io io);
int failed(const config::Faults& faults, Io io);

// Reads the line and does what it says. `rehearsal` is the program that tries modules out
// (daemon/rehearsal.h); "": none does.
int run_line(const std::vector<std::string>& line, Io io, const RunDaemon& run_daemon,
             const std::string& rehearsal = "");

}  // namespace notifyd::cli
