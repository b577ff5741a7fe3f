// The connection upgrade of a Teleport proxy: an HTTP request after which the connection carries
// any bytes. It is how TLS routing passes a load balancer that ends TLS itself and so takes away
// the protocol names by which the proxy routes.
//
// Newer proxies speak WebSocket then; older ones frames with four bytes of length in front, of
// which an empty one is a ping. One request offers both, and the answer tells which it is
// (api/client/alpn_conn_upgrade.go and lib/web/conn_upgrade.go of Teleport). Their pings, every
// half minute, keep a load balancer's idle limit away.
#pragma once

#include <memory>
#include <string>

#include "net/layer.h"

namespace notifyd::net {

// `host` as the Host header has it: with a port, unless that is 443.
std::unique_ptr<Layer> make_upgrade_layer(std::string host);

}  // namespace notifyd::net
