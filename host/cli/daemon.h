// The daemon: everything wired together and run until it is told to stop. The only place that knows
// all parts.
#pragma once

#include "config/host_config.h"

namespace notifyd::cli {

// Returns the exit code: 0 when it was told to stop, whether everything in flight ended in time or
// not (the record knows), 1 when it cannot start, with the reason on stderr and in the log.
//
// SIGTERM and SIGINT finish what is in flight, 15 s at most; a second one ends at once. SIGHUP
// reopens the log file.
int run_daemon(const config::HostConfig& config, bool debug);

}  // namespace notifyd::cli
