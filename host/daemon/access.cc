#include "daemon/access.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/exposure.h"
#include "daemon/ca_file.h"
#include "teleport/address.h"

namespace notifyd::daemon {
namespace {

using config::FoundIn;

std::vector<std::string> addresses_of(const config::TeleportConfig& config,
                                      config::Faults& faults) {
  std::vector<std::string> all;
  for (const std::string& addr : config.addrs) {
    auto addresses = teleport::addresses_of(addr);
    if (addresses) {
      std::ranges::move(*addresses, std::back_inserter(all));
    } else {
      faults.add(config.addr_at, addresses.error().message);
    }
  }
  return all;
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
  Access access;
  access.addresses = addresses_of(config, faults);
  access.proxy_cas = proxy_cas(config, faults);
  if (config.identity.empty() && config.client_crt.empty()) return access;  // a fault by itself
  access.identity = identity_of(config, now, faults);
  access.warnings = warnings_of(config);
  return access;
}

net::CaText proxy_cas(const config::TeleportConfig& config, config::Faults& faults) {
  return judge_ca_file(config::section_of_cluster(config.name) + ".ca_file", config.ca_file,
                       config.ca_file_at, faults);
}

teleport::CredentialPaths credential_paths(const config::TeleportConfig& config) {
  return {config.identity, config.client_key, config.client_crt, config.root_cas,
          config.identity_owner};
}

}  // namespace notifyd::daemon
