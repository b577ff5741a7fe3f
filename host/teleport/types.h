// What else the daemon knows of Teleport, free of protobuf: only the files of host/teleport that
// speak the wire include that.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/access_request.h"
#include "model/cluster.h"

namespace notifyd::teleport {

using model::AccessRequest;
using model::AccessRequestPtr;
using model::Cluster;
using model::UnixMs;

// Whose certificate a connection stands on, and for how long.
struct IdentityFacts {
  std::string user;
  std::string cluster;  // "" where the certificate does not say
  UnixMs valid_from_ms = 0;
  UnixMs valid_until_ms = 0;
  std::string renew;               // the command that issues a new one
  std::vector<std::string> roles;  // as the certificate names them, in its order
};

// One plugin's entry in the plugin data of a request. Keys that are not there count as "".
using PluginEntry = std::map<std::string, std::string>;

}  // namespace notifyd::teleport
