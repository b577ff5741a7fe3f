// GrpcDialer: reads the identity anew at each dial and proves a new connection with a Ping.
#pragma once

#include <memory>
#include <string>

#include "base/engine.h"
#include "teleport/auth.h"
#include "teleport/identity.h"

namespace notifyd::teleport {

class Door;

struct GrpcDialerOptions {
  std::string address;  // what auth_address() gave
  CredentialPaths credentials;
};

// Must be destroyed before the engine. Sessions may outlive it, but their calls bring no answer
// then.
class GrpcDialer final : public Dialer {
 public:
  GrpcDialer(Engine& engine, GrpcDialerOptions options);
  GrpcDialer(const GrpcDialer&) = delete;
  GrpcDialer& operator=(const GrpcDialer&) = delete;
  ~GrpcDialer() override;

  Task<Result<Connected>> dial() override;
  bool identity_changed() const override;

 private:
  Error unreachable(const Error& error, const IdentityFacts& identity) const;

  Engine& engine_;
  GrpcDialerOptions options_;
  std::shared_ptr<Door> door_;
  std::string last_digest_;
};

}  // namespace notifyd::teleport
