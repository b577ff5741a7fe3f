// How a simulated proxy, or what stands in front of it, differs from a proper one, and what it
// counts. Tests choose while it runs.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace notifyd::sim {

// What becomes of a TCP connection.
enum class ProxyDoor : std::uint8_t {
  kOpen,
  kSilent,  // accepted, and nothing ever comes
  kShut,    // accepted and closed
};

// What answers the protocols that a client offers: the proxy itself, or a load balancer that ends
// TLS with the web certificate, whatever is offered, and passes HTTP on.
enum class ProxyAlpn : std::uint8_t {
  kRouted,    // as Teleport does
  kStripped,  // no protocol is ever chosen
  kHttpOnly,  // http/1.1 is chosen, offered or not
  kRefused,   // what is neither http/1.1 nor h2 gets the alert no_application_protocol
};

enum class WebCertificate : std::uint8_t { kProper, kOtherName, kExpired, kSelfSigned };

// What /webapi/find answers.
enum class FindAnswer : std::uint8_t {
  kProper,
  kNotFound,    // 404, as a server that is not Teleport
  kHtml,        // 200 and a page
  kRedirect,    // 302 to somebody else, as a captive portal
  kBrokenJson,  // 200 and half of it
  kHuge,        // 200 and 16 MiB of JSON
  kDribble,     // a byte every now and then, without end
  kSilent,      // no answer
};

// What /webapi/connectionupgrade knows.
enum class ProxyUpgrades : std::uint8_t {
  kAll,
  kLegacy,     // alpn and alpn-ping, as before v16
  kWebSocket,  // only that, as from v19 on
  kNone,       // 404
};

struct ProxyQuirks {
  ProxyDoor door = ProxyDoor::kOpen;
  ProxyAlpn alpn = ProxyAlpn::kRouted;
  WebCertificate certificate = WebCertificate::kProper;
  FindAnswer find = FindAnswer::kProper;
  ProxyUpgrades upgrades = ProxyUpgrades::kAll;
  // What the answer says. A proxy routes by ALPN all the same, as Teleport's does; one of before
  // that is this with ProxyAlpn::kRefused.
  bool tls_routing = true;
  // It is the proxy of this cluster instead: what it says, and whom it routes to.
  std::string cluster{};
  // How often alpn-ping is pinged from here.
  std::chrono::milliseconds ping_interval = std::chrono::seconds(30);
};

enum class ProxyEvent : std::uint8_t {
  kAccepted,        // TCP connections
  kFind,            // requests for /webapi/find
  kPing,            // and for /webapi/ping
  kRouted,          // to the Auth Service by ALPN, straight
  kRoutedUpgraded,  // the same inside of an upgraded connection
  kTunnelProbe,     // TLS as teleport-reversetunnel
  kUpgradeAlpn,     // upgrades by form
  kUpgradeAlpnPing,
  kUpgradeWebSocket,
  kUpgradeRefused,
  kPingSent,      // inside of upgraded connections
  kPongReceived,  // only WebSocket has them
  kPingReceived,
  kUnroutable,  // unknown cluster or protocol, no TLS, no Auth Service
};
inline constexpr std::size_t kProxyEventCount = 14;

}  // namespace notifyd::sim
