// Who calls: what the client's certificate says, and what that allows.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <mutex>
#include <set>
#include <string>

#include "base/result.h"
#include "sim/teleport/auth_server.h"

namespace notifyd::sim {

struct Caller {
  std::string user;
  std::set<std::string> roles;

  bool is_admin() const { return roles.contains("Admin"); }
};

Caller caller_of(const ::grpc::ServerContextBase& context);

// Teleport serves clients down to one major version below its own. A client that does not say its
// version is served.
Result<> check_client_version(const ::grpc::ServerContextBase& context,
                              const std::string& server_version);

// Any thread.
class AccessRules {
 public:
  explicit AccessRules(Rules rules) : rules_(std::move(rules)) {}

  void allow(const std::string& kind, const std::string& verb);
  void deny(const std::string& kind, const std::string& verb);
  bool may(const Caller& caller, const std::string& kind, const std::string& verb) const;

 private:
  mutable std::mutex mutex_;
  Rules rules_;
};

}  // namespace notifyd::sim
