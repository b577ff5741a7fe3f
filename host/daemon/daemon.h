// The daemon: everything wired together and run until it is told to stop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/engine.h"
#include "config/faults.h"
#include "config/host_config.h"
#include "ops/log.h"

namespace notifyd::daemon {

// From the signal to the end of the process, whatever hangs: below the TimeoutStopSec=20 of the
// unit, so that it is never killed in the middle of a write. A signal that comes while modules are
// still being loaded counts from the end of that, when the first write is still to come.
inline constexpr Millis kStopWithin{15'000};
// What is kept of that for the modules to end in; before that, deliveries end.
inline constexpr Millis kModulesEndWithin{3'000};

// Why it could not start, said by a caller that will not be returned to.
using LastWords = std::function<void(const config::Faults& why)>;

struct DaemonOptions {
  std::string program = {};    // and its version, for `status`
  std::string rehearsal = {};  // the program that tries modules out (rehearsal.h); "": none does
  // Reads the configuration anew, for a reload.
  std::function<config::HostConfig()> read_config = nullptr;
};

// Returns when it was told to stop, whether everything in flight ended in time or not (the record
// knows). The faults, those of `config` among them, are why it could not start. Does not return
// when a module does not come back: then the process ends here, after `last_words` where it could
// not start.
//
// SIGTERM and SIGINT finish what is in flight, within kStopWithin; a second one ends deliveries at
// once, and while only modules are waited for it ends the process. SIGHUP reloads; so does a
// request at the control socket (ops/control_socket.h), which hears what came of it.
config::Faults run_daemon(const config::HostConfig& config, const DaemonOptions& options,
                          std::shared_ptr<ops::DaemonLog> log, const LastWords& last_words);

}  // namespace notifyd::daemon
