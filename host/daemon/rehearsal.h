// Rehearsal: the child of a trial (module/trial.h). It reads the configuration by itself, so that
// no secret passes between the two.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/host_config.h"

namespace notifyd::daemon {

// The first argument of the program when it is such a child.
inline constexpr const char* kRehearsal = "--rehearse-module";

// Tries the copy of a module with an instance's settings, in a child that `program` plays ("": it
// is not tried). Blocks. The error holds nothing of what the instance's file says.
Result<> rehearse(const std::string& program, const config::HostConfig& config,
                  const config::InstanceConfig& instance, const std::string& copy);

// [the child] `arguments` without the program's name. Gives the exit code.
int play_rehearsal(const std::vector<std::string>& arguments);

}  // namespace notifyd::daemon
