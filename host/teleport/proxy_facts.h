// ProxyFacts: what a Teleport proxy says of itself at /webapi/find, which everybody may ask. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace notifyd::teleport {

struct ProxyFacts {
  std::string cluster;  // its name; "" where the proxy is too old to say
  std::string version;
  bool tls_routing = false;  // one port for everything, told apart by ALPN
};

inline constexpr char kFindPath[] = "/webapi/find";

// What `status` and `body` say. `address` is who was asked, host:port. An error: it is no Teleport
// proxy, and what it is instead.
Result<ProxyFacts> parse_find(const std::string& address, std::uint32_t status,
                              const std::string& body);

}  // namespace notifyd::teleport
