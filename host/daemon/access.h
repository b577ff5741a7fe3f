// What a configuration says of the way to Teleport, judged. Faults name where it is written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/engine.h"
#include "config/faults.h"
#include "config/teleport_section.h"
#include "net/ca_text.h"
#include "teleport/identity.h"

namespace notifyd::daemon {

struct Access {
  std::vector<std::string> addresses;               // host:port, in order; none when a fault
  std::optional<teleport::IdentityFacts> identity;  // nothing when that is a fault
  std::vector<std::string> warnings;                // who else may read the key
  net::CaText proxy_cas;                            // that a proxy's certificate may be from, too
};

// Reads the credentials and the proxy's CAs as they are in their files now.
Access judge_access(const config::TeleportConfig& config, WallTime now, config::Faults& faults);

// As they are in the file now. Null where there is none, or it is a fault.
net::CaText proxy_cas(const config::TeleportConfig& config, config::Faults& faults);

teleport::CredentialPaths credential_paths(const config::TeleportConfig& config);

}  // namespace notifyd::daemon
