#include "daemon/access.h"

#include <utility>

#include "base/exposure.h"
#include "teleport/address.h"

namespace notifyd::daemon {
namespace {

using config::FoundIn;

std::string address_of(const config::TeleportConfig& config, config::Faults& faults) {
  auto address = teleport::auth_address(config.addr);
  if (address) return *std::move(address);
  faults.add(config.addr_at, address.error().message);
  return "";
}

std::optional<teleport::IdentityFacts> identity_of(const config::TeleportConfig& config,
                                                   WallTime now, config::Faults& faults) {
  const auto identity = teleport::load_identity(credential_paths(config), now);
  if (identity) return identity->facts;
  faults.add(config.credentials_at, identity.error().message, FoundIn::kMachine);
  return std::nullopt;
}

std::vector<std::string> warnings_of(const config::TeleportConfig& config) {
  const std::string exposure =
      exposure_of(config.identity.empty() ? config.client_key : config.identity,
                  teleport::trust_in(credential_paths(config)));
  if (exposure.empty()) return {};
  return {config.credentials_at.str() + ": " + exposure};
}

}  // namespace

Access judge_access(const config::TeleportConfig& config, WallTime now, config::Faults& faults) {
  Access access{address_of(config, faults), {}, {}};
  if (config.identity.empty() && config.client_crt.empty()) return access;  // a fault by itself
  access.identity = identity_of(config, now, faults);
  access.warnings = warnings_of(config);
  return access;
}

teleport::CredentialPaths credential_paths(const config::TeleportConfig& config) {
  return {config.identity, config.client_key, config.client_crt, config.root_cas,
          config.identity_owner};
}

}  // namespace notifyd::daemon
