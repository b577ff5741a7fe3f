// What a configuration says of the way to Teleport, judged. Errors name where it is written.
#pragma once

#include <string>
#include <vector>

#include "base/engine.h"
#include "base/result.h"
#include "config/host_sections.h"
#include "teleport/identity.h"

namespace notifyd::daemon {

Result<std::string> auth_address(const config::TeleportConfig& config);

teleport::CredentialPaths credential_paths(const config::TeleportConfig& config);

// What the file with the private key lets others read.
std::vector<std::string> credential_warnings(const config::TeleportConfig& config);

// The credentials as they are in their files now, without what is secret of them.
Result<teleport::IdentityFacts> identity_facts(const config::TeleportConfig& config, WallTime now);

}  // namespace notifyd::daemon
