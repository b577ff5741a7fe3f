// The demo's world: a cluster and a workspace with the same few people in them, each behind its
// server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/demo/options.h"
#include "sim/proxy/proxy_server.h"
#include "sim/slack/slack_server.h"
#include "sim/slack/workspace.h"
#include "sim/teleport/auth_server.h"
#include "sim/teleport/cluster.h"
#include "sim/teleport/pki.h"

namespace notifyd::sim {

inline constexpr char kRequester[] = "alice@example.com";
inline constexpr char kReviewer[] = "bob@example.com";
inline constexpr char kSecondReviewer[] = "carol@example.com";
inline constexpr char kChannel[] = "access-requests";

struct World {
  // Throws std::runtime_error when a server cannot listen.
  explicit World(const DemoOptions& options);

  std::vector<std::string> roles() const { return {"editor", "prod-admin", "dba"}; }
  const std::string& slack_token() const { return token_; }
  std::string teleport_address() const { return proxy ? proxy->address() : auth.address(); }

  Cluster cluster;
  Pki pki;
  AuthServer auth;
  std::unique_ptr<ProxyServer> proxy;  // null unless the daemon is to go through it
  Workspace workspace;
  SlackServer slack;

 private:
  std::string token_;
};

}  // namespace notifyd::sim
