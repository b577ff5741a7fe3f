#include "sim/proxy/router.h"

#include <utility>

#include "sim/proxy/client_hello.h"
#include "sim/proxy/tls_layer.h"
#include "sim/proxy/web_layer.h"

namespace notifyd::sim {
namespace {

constexpr std::string_view kAuthPrefix = "teleport-auth@";
constexpr std::string_view kApiDomain = ".teleport.cluster.local";
constexpr std::string_view kKubernetesPrefix = "kube-teleport-proxy-alpn.";
constexpr std::string_view kTunnel = "teleport-reversetunnel";
constexpr std::string_view kHttp = "http/1.1";
constexpr std::string_view kHttp2 = "h2";

enum class Target { kAuth, kTerminated, kNobody };

Target target_of(const ClientHello& hello) {
  if (hello.server_name.starts_with(kKubernetesPrefix)) return Target::kNobody;
  if (hello.protocols.empty()) return Target::kTerminated;
  for (const std::string& protocol : hello.protocols) {
    if (protocol.starts_with(kAuthPrefix)) return Target::kAuth;
    if (protocol == kHttp || protocol == kHttp2 || protocol == kTunnel) return Target::kTerminated;
  }
  return Target::kNobody;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4U], kDigits[byte & 0xfU]};
  }
  return text;
}

// Whatever else is offered, the first protocol says which cluster's it is.
bool names_cluster(const ClientHello& hello, const std::string& cluster) {
  return hello.protocols.front() ==
         std::string(kAuthPrefix).append(hex(cluster)).append(kApiDomain);
}

// Teleport prefers h2. What has no HTTP/2 does not choose it while it has a choice.
AlpnAnswer answer_for(ProxyAlpn alpn) {
  const std::string http(kHttp);
  const std::string http2(kHttp2);
  switch (alpn) {
    case ProxyAlpn::kRouted:
      return {.known = {http, http2, std::string(kTunnel)}};
    case ProxyAlpn::kStripped:
      return {.otherwise = AlpnAnswer::Otherwise::kSilent};
    case ProxyAlpn::kHttpOnly:
      return {.always = http};
    case ProxyAlpn::kRefused:
      return {.known = {http, http2}};
  }
  return {};
}

}  // namespace

void Router::received(std::string_view bytes) {
  if (next_) return next_->received(bytes);
  hello_ += bytes;
  route();
  if (next_) next_->received(std::exchange(hello_, {}));
}

void Router::route() {
  const ClientHelloReading reading = read_client_hello(hello_);
  if (reading.state == ClientHelloReading::State::kIncomplete) return;
  const ProxyWorld& world = connection_.world();
  const bool balanced = place_ == Place::kOutside && world.quirks.alpn != ProxyAlpn::kRouted;
  if (reading.state == ClientHelloReading::State::kComplete) {
    const Target target = balanced ? Target::kTerminated : target_of(reading.hello);
    if (target == Target::kTerminated) {
      next_ = terminated();
    } else if (target == Target::kAuth && names_cluster(reading.hello, world.cluster_name())) {
      next_ = to_auth_service();
    }
  }
  if (next_) return;
  // Without an alert: nobody here speaks TLS with such a client.
  connection_.world().counts.count(ProxyEvent::kUnroutable);
  below_.close();
}

std::unique_ptr<Upper> Router::to_auth_service() {
  std::unique_ptr<Upper> pipe = connection_.pipe_to_auth_service(below_);
  if (pipe) {
    connection_.world().counts.count(place_ == Place::kOutside ? ProxyEvent::kRouted
                                                               : ProxyEvent::kRoutedUpgraded);
  }
  return pipe;
}

std::unique_ptr<Upper> Router::terminated() {
  ProxyWorld& world = connection_.world();
  const bool outside = place_ == Place::kOutside;
  return std::make_unique<TlsLayer>(
      below_, outside ? world.web_certificate() : world.cluster_certificate(),
      answer_for(outside ? world.quirks.alpn : ProxyAlpn::kRouted),
      [this](Lower& here, std::string_view protocol) -> std::unique_ptr<Upper> {
        if (protocol.empty() || protocol == kHttp) {
          return std::make_unique<WebLayer>(connection_, here);
        }
        if (protocol == kTunnel) connection_.world().counts.count(ProxyEvent::kTunnelProbe);
        return nullptr;  // the reverse tunnel's SSH and HTTP/2 are not simulated
      });
}

}  // namespace notifyd::sim
