// What `status` prints of a daemon's answer. That daemon may be another user's, so whatever the
// answer says is only shown.
#pragma once

#include <string>

#include "base/engine.h"
#include "daemon/status.h"

namespace notifyd::cli {

// Lines for a person, each ended; times are told as seen from `now`.
std::string status_text(const daemon::Status& status, WallTime now);

}  // namespace notifyd::cli
