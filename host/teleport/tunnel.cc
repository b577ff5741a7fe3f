#include "teleport/tunnel.h"

#include <sys/socket.h>

#include <utility>
#include <vector>

#include "base/system_error.h"
#include "base/time_text.h"
#include "net/tls_layer.h"
#include "net/upgrade_layer.h"
#include "teleport/grpc_credentials.h"

namespace notifyd::teleport {
namespace {

using std::chrono::seconds;
using Layers = std::vector<std::unique_ptr<net::Layer>>;
using net::TlsOptions;

constexpr Millis kConnectWithin = seconds(10);
constexpr Millis kShakeHandsWithin = seconds(10);
constexpr Millis kProbeWithin = seconds(5);
constexpr char kHttp2[] = "h2";
// What every proxy with TLS routing knows, so that it says nothing about this one.
constexpr char kProbeProtocol[] = "teleport-reversetunnel";

std::string peer_of(const Route& route) {
  if (route.kind == Route::Kind::kDirect) return "the Auth Service at " + route.address;
  return "the Auth Service of " + route.cluster + " behind " + route.address;
}

std::string of_the_identity(const IdentityFacts& identity) {
  return "the identity of " + identity.user +
         (identity.cluster.empty() ? "" : ", issued by cluster " + identity.cluster) +
         ", valid until " + utc_text(identity.valid_until_ms);
}

TlsOptions to_auth_service(const Route& route, const Identity& identity) {
  TlsOptions tls;
  tls.peer = peer_of(route);
  tls.name = kServerName;
  if (route.kind != Route::Kind::kDirect) tls.protocols.push_back(auth_protocol(route.cluster));
  tls.protocols.emplace_back(kHttp2);
  tls.roots = TlsOptions::Roots::kPem;
  tls.roots_pem = identity.ca_pem;
  tls.key_pem = identity.key_pem;
  tls.chain_pem = identity.chain_pem;
  tls.if_untrusted =
      "it is not from a CA in the identity: the identity is of another cluster, or of before a CA "
      "rotation (issue it again), or what answers there is no Auth Service";
  tls.if_refused = "the cluster does not trust " + of_the_identity(identity.facts) +
                   "; issue it again with `" + identity.facts.renew +
                   "`, and check that its user exists and is not locked";
  return tls;
}

TlsOptions to_proxy(const std::string& address, const ProxyTrust& trust) {
  TlsOptions tls;
  tls.peer = "the proxy " + address;
  tls.name = host_of(address);
  tls.protocols = {"http/1.1"};
  tls.roots = trust.insecure ? TlsOptions::Roots::kUnverified : TlsOptions::Roots::kSystem;
  tls.extra_cas = trust.extra_cas;
  tls.if_untrusted =
      "set teleport.ca_file to a file with the CA that the proxy's certificate is from, and "
      "teleport.addr to a name that the certificate has";
  tls.if_refused = "it is no proxy; check teleport.addr";
  return tls;
}

std::string host_header(const std::string& address) {
  return port_of(address) == "443" ? address.substr(0, address.rfind(':')) : address;
}

struct Built {
  Layers layers;
  const net::TlsLayer* innermost = nullptr;  // one of them
};

Result<Built> layers_of(const Route& route, const Identity& identity, const ProxyTrust& trust) {
  Built built;
  if (route.kind == Route::Kind::kUpgraded) {
    auto outer = net::make_tls_layer(to_proxy(route.address, trust));
    if (!outer) return std::move(outer).error();
    built.layers.push_back(*std::move(outer));
    built.layers.push_back(net::make_upgrade_layer(host_header(route.address)));
  }
  auto inner = net::make_tls_layer(to_auth_service(route, identity));
  if (!inner) return std::move(inner).error();
  built.innermost = inner->get();
  built.layers.push_back(*std::move(inner));
  return built;
}

struct Pair {
  Fd ours, theirs;
};

Result<Pair> socket_pair() {
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    return system_error("socketpair");
  }
  return Pair{Fd(ends[0]), Fd(ends[1])};
}

Error no_http2(const Route& route) {
  return {Errc::kUnavailable,
          peer_of(route) +
              " did not agree to HTTP/2 over TLS: what answers there is no Auth "
              "Service, or something on the way ends TLS; check teleport.addr"};
}

// host:port, as libcurl connects.
Task<Result<Fd>> connect_tcp(Means means, std::string address) {
  net::HttpRequest request;
  request.url = "https://" + address;
  request.connect_only = true;
  request.timeout_ms = static_cast<std::uint32_t>(kConnectWithin.count());
  auto asking = ask(std::move(means), std::move(request));
  const net::HttpResponse response = co_await asking;
  if (!response.socket) co_return Error{Errc::kUnavailable, "no connection to " + response.error};
  co_return std::move(*response.socket);
}

}  // namespace

Task<net::HttpResponse> ask(Means means, net::HttpRequest request) {
  notify::Reply<net::HttpResponse> reply;
  means.http.send(std::move(request), [door = means.door, to = reply.to()](net::HttpResponse got) {
    door->post([to, answer = std::move(got)] { to(answer); });
  });
  net::HttpResponse response = co_await reply;
  co_return response;
}

Task<Result<std::shared_ptr<Tunnel>>> open_tunnel(Means means, Route route, Identity identity,
                                                  ProxyTrust trust) {
  Result<Built> built = layers_of(route, identity, trust);
  if (!built) co_return std::move(built).error();
  auto connecting = connect_tcp(means, route.address);
  Result<Fd> socket = co_await connecting;
  if (!socket) co_return std::move(socket).error();
  auto pump = std::make_unique<net::Pump>(means.engine, net::LayerStack(std::move(built->layers)),
                                          *std::move(socket));
  auto opening = pump->open(kShakeHandsWithin);
  const Result<> opened = co_await opening;
  if (!opened) co_return opened.error();
  if (built->innermost->protocol() != kHttp2) co_return no_http2(route);
  Result<Pair> pair = socket_pair();
  if (!pair) co_return std::move(pair).error();
  pump->carry(std::move(pair->ours));
  co_return std::make_shared<Tunnel>(std::move(pump), std::move(pair->theirs));
}

Task<bool> needs_upgrade(Means means, std::string address) {
  TlsOptions tls = to_proxy(address, {.extra_cas = nullptr, .insecure = true});  // nothing is told
  tls.protocols = {kProbeProtocol};
  auto layer = net::make_tls_layer(std::move(tls));
  auto connecting = connect_tcp(means, address);
  Result<Fd> socket = co_await connecting;
  if (!layer || !socket) co_return false;
  const net::TlsLayer* const probe = layer->get();
  Layers layers;
  layers.push_back(*std::move(layer));
  net::Pump pump(means.engine, net::LayerStack(std::move(layers)), *std::move(socket));
  auto opening = pump.open(kProbeWithin);
  const Result<> opened = co_await opening;
  if (!opened) co_return probe->no_common_protocol();
  co_return probe->protocol() != kProbeProtocol;
}

}  // namespace notifyd::teleport
