// What the proxy's web side says of itself, in the JSON of Teleport's webclient.PingResponse.
#pragma once

#include <string>

#include "sim/proxy/proxy_world.h"

namespace notifyd::sim {

// The whole HTTP response of /webapi/find, as the quirks have it.
std::string find_response(const ProxyWorld& world);

std::string ping_json(const ProxyWorld& world);
std::string error_json(const std::string& message);
std::string json_response(int status, const std::string& json);

}  // namespace notifyd::sim
