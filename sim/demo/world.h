// The demo's world: a cluster and a workspace with the same few people in them, each behind its
// server.
#pragma once

#include <string>
#include <vector>

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
  explicit World(bool rate_limits);

  std::vector<std::string> roles() const { return {"editor", "prod-admin", "dba"}; }
  const std::string& slack_token() const { return token_; }

  Cluster cluster;
  Pki pki;
  AuthServer auth;
  Workspace workspace;
  SlackServer slack;

 private:
  std::string token_;
};

}  // namespace notifyd::sim
