#include "teleport/router.h"

#include <algorithm>
#include <utility>

#include "base/proxy.h"
#include "base/time_text.h"
#include "teleport/dial_hint.h"
#include "teleport/grpc_auth.h"
#include "teleport/tunneled_session.h"

namespace notifyd::teleport {
namespace {

constexpr Millis kFindWithin = std::chrono::seconds(5);

bool is_proxy_port(std::string_view port) { return port == "443" || port == "3080"; }

// gRPC would obey the environment's proxies in its own way.
bool has_http_proxy() {
  return !proxy_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}).variable.empty();
}

Error unreachable(const Error& error, const Route& route, const IdentityFacts& identity) {
  const std::string way =
      route.kind == Route::Kind::kDirect ? "" : std::string(" ").append(name_of(route.kind));
  Error said = error.in("connecting to " + route.address + way + " as " + identity.user +
                        " (certificate valid until " + utc_text(identity.valid_until_ms) + ")");
  const std::string hint = dial_hint(error);
  if (!hint.empty()) said.message += "; " + hint;
  return said;
}

// The cluster whose Auth Service is meant, which both sides must agree on.
Result<std::string> cluster_behind(const std::string& address, const ProxyFacts& proxy,
                                   const IdentityFacts& identity) {
  if (proxy.cluster.empty() && identity.cluster.empty()) {
    return invalid("neither the proxy " + address +
                   " nor the identity says the cluster's name; issue the identity again");
  }
  if (proxy.cluster.empty()) return identity.cluster;
  if (!identity.cluster.empty() && identity.cluster != proxy.cluster) {
    return invalid("the proxy " + address + " is of cluster " + proxy.cluster +
                   ", and the identity of " + identity.user + " is of cluster " + identity.cluster +
                   "; check teleport.addr, or issue an identity of " + proxy.cluster);
  }
  return proxy.cluster;
}

Error no_tls_routing(const std::string& address) {
  return {Errc::kUnimplemented,
          "the proxy " + address +
              " has no TLS routing, so that only SSH tunnels lead through it; set teleport.addr to "
              "the Auth Service's own host:3025, or have the cluster's proxy_listener_mode be "
              "multiplex"};
}

Error no_answer(const std::string& address, const net::HttpResponse& response) {
  Error error{Errc::kUnavailable,
              address + " does not answer as a Teleport proxy: " + response.error};
  if (response.untrusted) {
    error.message +=
        "; if it is one, set teleport.ca_file to a file with the CA that its "
        "certificate is from, and teleport.addr to a name that the certificate has";
  } else if (response.outcome == net::HttpResponse::Outcome::kUnsure) {
    error.message += "; check teleport.addr, the proxy, and what stands between";
  }
  return error;
}

Error both(const Error& likelier, const Error& other) {
  return {likelier.code, likelier.message + "; and " + other.message};
}

std::string summary(const ProxyFacts& facts) {
  return "a Teleport proxy" + (facts.version.empty() ? "" : ", version " + facts.version) +
         (facts.cluster.empty() ? "" : ", of cluster " + facts.cluster) +
         (facts.tls_routing ? ", with TLS routing" : ", without TLS routing");
}

}  // namespace

Router::Router(Means means, RouterOptions options, Log log)
    : means_(std::move(means)), options_(std::move(options)), log_(std::move(log)) {
  if (!options_.proxy_trust.insecure) return;
  log_.warn(
      "teleport.insecure is set: anybody may pass for the proxy. The Auth Service behind it "
      "is still checked; set teleport.ca_file instead");
}

Task<Result<Router::Reached>> Router::connect(Identity identity) {
  auto reaching = known_ ? take(*known_, std::move(identity)) : search(std::move(identity));
  Result<Reached> reached = co_await reaching;
  if (!reached) known_.reset();
  co_return std::move(reached);
}

Task<Result<Router::Reached>> Router::search(Identity identity) {
  answers_.clear();
  std::optional<Error> why;
  for (const std::string& address : options_.addresses) {
    auto trying = try_address(address, identity);
    Result<Reached> reached = co_await trying;
    if (reached) {
      settle(reached->route);
      co_return std::move(reached);
    }
    // The first reason leads: it is of the address that is meant most.
    if (!why) {
      why = reached.error();
    } else {
      why->message += "; " + reached.error().message;
    }
  }
  co_return why.value_or(invalid("there is no address of Teleport; set teleport.addr"));
}

// Where a Teleport proxy answers, its way is the only one.
Task<Result<Router::Reached>> Router::try_address(std::string address, Identity identity) {
  std::optional<ProxyTry> proxy;
  if (is_proxy_port(port_of(address))) {
    auto trying = try_as_proxy(address, identity);
    proxy.emplace(co_await trying);
    if (proxy->reached || proxy->heard == Heard::kTeleport) co_return std::move(proxy->reached);
  }
  auto trying = try_directly(address, identity);
  Result<Reached> direct = co_await trying;
  if (direct) co_return std::move(direct);
  if (proxy) co_return both(proxy->reached.error(), direct.error());
  auto asking = try_as_proxy(address, std::move(identity));
  proxy.emplace(co_await asking);
  if (proxy->reached || proxy->heard == Heard::kTeleport) co_return std::move(proxy->reached);
  if (proxy->heard == Heard::kNobody) co_return std::move(direct);
  if (proxy->heard == Heard::kWebServer) co_return both(proxy->reached.error(), direct.error());
  co_return both(direct.error(), proxy->reached.error());
}

Task<Result<Router::Reached>> Router::try_directly(std::string address, Identity identity) {
  const Route route{Route::Kind::kDirect, address, ""};
  auto taking = take(route, std::move(identity));
  Result<Reached> reached = co_await taking;
  answers_.push_back({address + " as an Auth Service",
                      reached ? "answers a Ping" : reached.error().message, route});
  co_return std::move(reached);
}

Task<Router::ProxyTry> Router::try_as_proxy(std::string address, Identity identity) {
  auto finding = find(address);
  Found found = co_await finding;
  const Result<ProxyFacts>& facts = found.facts;
  answers_.push_back(
      {address + " as a proxy", facts ? summary(*facts) : facts.error().message, std::nullopt});
  const std::size_t said = answers_.size() - 1;
  if (!facts) co_return ProxyTry{found.heard, facts.error()};
  if (!facts->tls_routing) co_return ProxyTry{found.heard, no_tls_routing(address)};
  Result<std::string> cluster = cluster_behind(address, *facts, identity.facts);
  if (!cluster) co_return ProxyTry{found.heard, std::move(cluster).error()};
  auto probing = needs_upgrade(means_, address);
  const bool upgrade = co_await probing;
  const Route route{upgrade ? Route::Kind::kUpgraded : Route::Kind::kTlsRouting, address,
                    *std::move(cluster)};
  answers_[said].reason_for = route;
  auto taking = take(route, std::move(identity));
  Result<Reached> reached = co_await taking;
  answers_.push_back(
      {text_of(route), reached ? "answers a Ping" : reached.error().message, std::nullopt});
  co_return ProxyTry{found.heard, std::move(reached)};
}

// A request that may have left went over a connection whose certificate was trusted.
Router::Heard Router::who_is_silent(const net::HttpResponse& response) {
  if (response.outcome == net::HttpResponse::Outcome::kUnsure) return Heard::kWebServer;
  return response.untrusted ? Heard::kTlsServer : Heard::kNobody;
}

Task<Router::Found> Router::find(std::string address) {
  net::HttpRequest request;
  request.url = "https://" + address + kFindPath;
  request.timeout_ms = static_cast<std::uint32_t>(kFindWithin.count());
  request.extra_cas = options_.proxy_trust.extra_cas;
  request.unverified = options_.proxy_trust.insecure;
  auto asking = ask(means_, std::move(request));
  const net::HttpResponse response = co_await asking;
  if (response.outcome != net::HttpResponse::Outcome::kAnswered) {
    co_return Found{who_is_silent(response), no_answer(address, response)};
  }
  Result<ProxyFacts> facts = parse_find(address, response.status, response.body);
  co_return Found{facts ? Heard::kTeleport : Heard::kWebServer, std::move(facts)};
}

Task<Result<Router::Reached>> Router::take(Route route, Identity identity) {
  const IdentityFacts facts = identity.facts;
  auto opening = open(route, std::move(identity));
  Result<std::shared_ptr<AuthSession>> session = co_await opening;
  if (!session) co_return unreachable(session.error(), route, facts);
  auto pinging = (*session)->ping();
  Result<Cluster> cluster = co_await pinging;
  if (!cluster) co_return unreachable(cluster.error(), route, facts);
  co_return Reached{*std::move(session), *std::move(cluster), std::move(route)};
}

Task<Result<std::shared_ptr<AuthSession>>> Router::open(Route route, Identity identity) {
  if (route.kind == Route::Kind::kDirect && !has_http_proxy()) {
    co_return make_session(make_channel(route.address, identity), means_.door);
  }
  auto opening = open_tunnel(means_, std::move(route), std::move(identity), options_.proxy_trust);
  Result<std::shared_ptr<Tunnel>> tunnel = co_await opening;
  if (!tunnel) co_return std::move(tunnel).error();
  auto session = make_session(make_channel((*tunnel)->take_end()), means_.door);
  co_return make_tunneled(std::move(session), *std::move(tunnel));
}

void Router::settle(const Route& route) {
  known_ = route;
  std::string way = text_of(route);
  if (told_ == way) return;
  const auto why =
      std::ranges::find_if(answers_, [&](const Answer& a) { return a.reason_for == route; });
  log_.info("Teleport is reached " + std::string(name_of(route.kind)),
            {{"address", route.address}, {"why", why == answers_.end() ? "" : why->said}});
  told_ = std::move(way);
}

}  // namespace notifyd::teleport
