// What `teleport.addr` may say, and what the proxy's public address becomes as a link.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace notifyd::teleport {

// "host:port" of the Auth Service; without a port it is 3025. What is no such address (a URL, an
// empty host, a port that is none) is an error that says what to write.
Result<std::string> auth_address(std::string_view addr);

// A sentence about the port of `address` if it is usually one of the proxy's, else "".
std::string port_hint(std::string_view address);

// "https://proxy.example.com": with a scheme, without port 443. "" stays "".
std::string web_url(std::string_view proxy_public_addr);

}  // namespace notifyd::teleport
