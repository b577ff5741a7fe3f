// What the process as a whole is set to before it does anything.
#pragma once

#include "base/log.h"

namespace notifyd::ops {

// For somebody who needs a core dump more than the secrets in it: set to 1.
inline constexpr const char* kCoreDumpsVariable = "TELEPORT_NOTIFYD_CORE_DUMPS";

// [before any thread] No core dumps and no debugger of another user, because keys and tokens are
// in memory. A broken pipe is an error of its write, not the end of the process. New files are not
// for the world. OpenSSL stays until the process is gone, and nobody writes down the keys of its
// connections: SSLKEYLOGFILE is taken out of the environment.
void prepare_process();

// Says which variables are set and mean nothing here: at debug those of teleport-slack's charts, as
// a warning what prepare_process() has taken out.
void note_ignored_environment(const Log& log);

}  // namespace notifyd::ops
