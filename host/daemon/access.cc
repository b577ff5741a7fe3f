#include "daemon/access.h"

#include "base/exposure.h"
#include "teleport/address.h"

namespace notifyd::daemon {

Result<std::string> auth_address(const config::TeleportConfig& config) {
  auto address = teleport::auth_address(config.addr);
  if (!address) return address.error().in(config.addr_at.str());
  return address;
}

teleport::CredentialPaths credential_paths(const config::TeleportConfig& config) {
  return {config.identity, config.client_key, config.client_crt, config.root_cas,
          config.identity_owner};
}

std::vector<std::string> credential_warnings(const config::TeleportConfig& config) {
  const std::string exposure =
      exposure_of(config.identity.empty() ? config.client_key : config.identity,
                  teleport::trust_in(credential_paths(config)));
  if (exposure.empty()) return {};
  return {config.credentials_at.str() + ": " + exposure};
}

Result<teleport::IdentityFacts> identity_facts(const config::TeleportConfig& config, WallTime now) {
  const auto identity = teleport::load_identity(credential_paths(config), now);
  if (!identity) return identity.error().in(config.credentials_at.str());
  return identity->facts;
}

}  // namespace notifyd::daemon
