// Tunnel: a connection to an Auth Service whose TLS is ours, because gRPC lets nobody choose what
// ALPN offers, knows no connection upgrades, and says little about what went wrong. gRPC has one
// end of a pair of local sockets, in plain HTTP/2, and takes it for the connection.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/engine.h"
#include "net/ca_text.h"
#include "net/http.h"
#include "net/pump.h"
#include "teleport/auth.h"
#include "teleport/door.h"
#include "teleport/identity.h"
#include "teleport/route.h"

namespace notifyd::teleport {

// Of the proxy's own certificate, where it is looked at: the Auth Service's must always come from a
// CA in the identity.
struct ProxyTrust {
  net::CaText extra_cas;  // beside the system's
  bool insecure = false;
};

// [engine] Must be gone before the engine.
class Tunnel {
 public:
  Tunnel(std::unique_ptr<net::Pump> pump, Fd near)
      : pump_(std::move(pump)), near_(std::move(near)) {}

  // gRPC's end, once.
  Fd take_end() { return std::move(near_); }
  // Why it carries no more; nothing while it does.
  const std::optional<Error>& ended() const { return pump_->ended(); }

 private:
  std::unique_ptr<net::Pump> pump_;
  Fd near_;
};

// With what a connection is made. Engine and `http` outlive whatever is made with them; answers of
// `http` come through the door, and none does once that is closed.
struct Means {
  Engine& engine;
  net::Http& http;
  std::shared_ptr<Door> door;
};

Task<net::HttpResponse> ask(Means means, net::HttpRequest request);

// Connects, past an HTTP proxy where the environment names one, and shakes hands as `route` wants
// it. Errors say what a person can do.
Task<Result<std::shared_ptr<Tunnel>>> open_tunnel(Means means, Route route, Identity identity,
                                                  ProxyTrust trust);

// Whether TLS routing to the proxy at `address` must be wrapped in a connection upgrade: something
// before the proxy ends TLS, and with it the name by which the proxy routes. The test is the one of
// Teleport's own client; where nothing can be told the answer is no.
Task<bool> needs_upgrade(Means means, std::string address);

}  // namespace notifyd::teleport
