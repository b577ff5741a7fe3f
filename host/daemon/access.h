// What a configuration says of the way to Teleport, judged. Faults name where it is written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/engine.h"
#include "config/faults.h"
#include "config/teleport_section.h"
#include "teleport/identity.h"

namespace notifyd::daemon {

struct Access {
  std::vector<std::string> addresses;               // host:port, in order; none when a fault
  std::optional<teleport::IdentityFacts> identity;  // nothing when that is a fault
  std::vector<std::string> warnings;                // who else may read the key
};

// Reads the credentials as they are in their files now.
Access judge_access(const config::TeleportConfig& config, WallTime now, config::Faults& faults);

teleport::CredentialPaths credential_paths(const config::TeleportConfig& config);

}  // namespace notifyd::daemon
