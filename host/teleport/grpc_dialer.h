// GrpcDialer: reads the identity anew at each dial and proves a new connection with a Ping. An
// identity of somebody else, or a server of another cluster, is refused: see IdentityPin.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/engine.h"
#include "base/log.h"
#include "base/outage.h"
#include "teleport/auth.h"
#include "teleport/identity.h"
#include "teleport/identity_pin.h"

namespace notifyd::teleport {

class Door;

struct GrpcDialerOptions {
  std::string address;  // what auth_address() gave
  CredentialPaths credentials;
  // Shared with whoever may decide that another identity is right.
  std::shared_ptr<IdentityPin> pin = std::make_shared<IdentityPin>();
};

// Must be destroyed before the engine. Sessions may outlive it, but their calls bring no answer
// then.
class GrpcDialer final : public Dialer {
 public:
  GrpcDialer(Engine& engine, GrpcDialerOptions options, const Log& log = Log());
  GrpcDialer(const GrpcDialer&) = delete;
  GrpcDialer& operator=(const GrpcDialer&) = delete;
  ~GrpcDialer() override;

  Task<Result<Connected>> dial() override;
  bool identity_changed() override;

 private:
  Result<Identity> identity_to_use();
  Result<> admit(const Identity& identity);
  Result<Identity> go_on_with_the_old_one(const Error& why) const;
  Error unreachable(const Error& error, const IdentityFacts& identity) const;

  Engine& engine_;
  GrpcDialerOptions options_;
  std::shared_ptr<Door> door_;
  const Log log_;
  std::string last_digest_;
  bool last_is_good_ = false;     // what has that digest
  std::optional<Identity> last_;  // that was admitted
  Outage identity_refused_;
  Outage cluster_refused_;
};

}  // namespace notifyd::teleport
