// Router: finds the way to an Auth Service, and takes it again as long as it works. An address may
// be the Auth Service's own or a proxy's, and what it is is asked, not guessed: each way is tried,
// the likelier one first, until an Auth Service has answered a Ping.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "net/http.h"
#include "teleport/auth.h"
#include "teleport/identity.h"
#include "teleport/proxy_facts.h"
#include "teleport/route.h"
#include "teleport/tunnel.h"

namespace notifyd::teleport {

struct RouterOptions {
  std::vector<std::string> addresses;  // host:port, tried in this order
  ProxyTrust proxy_trust;
};

// [engine]
class Router {
 public:
  struct Reached {
    std::shared_ptr<AuthSession> session;
    Cluster cluster;
    Route route;
  };
  // What was asked, and what it answered.
  struct Answer {
    std::string asked;  // "teleport.example.com:443 as a proxy"
    std::string said;
    std::optional<Route> reason_for;  // the way that is taken because of it
  };

  Router(Means means, RouterOptions options, Log log);
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // A connection that has answered. When a way that had worked does not any more, all are looked at
  // anew at the next call.
  Task<Result<Reached>> connect(Identity identity);

  // The one that worked last, in words; "": none.
  std::string way() const { return known_ ? text_of(*known_) : ""; }
  // Of the last search, in its order.
  const std::vector<Answer>& answers() const { return answers_; }

 private:
  // Who answered when a proxy was asked for. A web server has a certificate that is trusted, as no
  // Auth Service has.
  enum class Heard { kNobody, kTlsServer, kWebServer, kTeleport };
  struct Found {
    Heard heard = Heard::kNobody;
    Result<ProxyFacts> facts;
  };
  struct ProxyTry {
    Heard heard = Heard::kNobody;
    Result<Reached> reached;
  };

  Task<Result<Reached>> search(Identity identity);
  Task<Result<Reached>> try_address(std::string address, Identity identity);
  Task<Result<Reached>> try_directly(std::string address, Identity identity);
  Task<ProxyTry> try_as_proxy(std::string address, Identity identity);
  Task<Found> find(std::string address);
  static Heard who_is_silent(const net::HttpResponse& response);
  Task<Result<Reached>> take(Route route, Identity identity);
  Task<Result<std::shared_ptr<AuthSession>>> open(Route route, Identity identity);
  void settle(const Route& route);

  const Means means_;
  const RouterOptions options_;
  const Log log_;
  std::optional<Route> known_;  // the way that worked last
  std::string told_;            // of which way the log has told
  std::vector<Answer> answers_;
};

}  // namespace notifyd::teleport
