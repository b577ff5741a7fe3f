// Route: a way to an Auth Service.
#pragma once

#include <string>
#include <string_view>

namespace notifyd::teleport {

struct Route {
  enum class Kind {
    kDirect,      // to the Auth Service itself
    kTlsRouting,  // through the proxy, which passes the connection on by the name in its ALPN
    kUpgraded,  // likewise, within an HTTP connection upgrade, past what ends TLS before the proxy
  } kind = Kind::kDirect;
  std::string address;  // host:port that is connected to
  std::string cluster;  // whose Auth Service; "" when direct

  friend bool operator==(const Route&, const Route&) = default;
};

// For messages: "directly", "through the proxy by TLS routing", ...
std::string_view name_of(Route::Kind kind);

// "teleport.example.com:443 through the proxy by TLS routing"
std::string text_of(const Route& route);

// The protocol by which a proxy passes a connection on to the Auth Service of `cluster`: ALPN's
// first, "teleport-auth@<hex>.teleport.cluster.local".
std::string auth_protocol(std::string_view cluster);

// The two halves of "host:port"; brackets of an IPv6 address are not part of the host.
std::string host_of(std::string_view address);
std::string_view port_of(std::string_view address);

}  // namespace notifyd::teleport
