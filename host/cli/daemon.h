// The daemon: everything wired together and run until it is told to stop. The only place that knows
// all parts.
#pragma once

#include <memory>

#include "base/result.h"
#include "config/host_config.h"
#include "ops/log.h"

namespace notifyd::cli {

// Returns when it was told to stop, whether everything in flight ended in time or not (the record
// knows); the error is why it could not start.
//
// SIGTERM and SIGINT finish what is in flight, 15 s at most; a second one ends at once. SIGHUP
// reopens the log file.
Result<> run_daemon(const config::HostConfig& config, std::shared_ptr<ops::DaemonLog> log);

}  // namespace notifyd::cli
