// What `teleport.addr` may say, and what the proxy's public address becomes as a link.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace notifyd::teleport {

// The addresses, "host:port", that `addr` may mean, in the order in which they are to be tried: one
// where it has a port, else the ports of a proxy, 443 and 3080, and then the Auth Service's, 3025.
// "https://" in front is understood. What is no address (a path, an empty host, a port that is
// none) is an error that says what to write.
Result<std::vector<std::string>> addresses_of(std::string_view addr);

// "https://proxy.example.com": with a scheme, without port 443. "" stays "".
std::string web_url(std::string_view proxy_public_addr);

}  // namespace notifyd::teleport
