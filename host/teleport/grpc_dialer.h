// GrpcDialer: reads the identity anew at each dial and proves a new connection with a Ping. An
// identity of somebody else, or a server of another cluster, is refused: see IdentityPin.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/directory_watch.h"
#include "base/engine.h"
#include "base/log.h"
#include "base/outage.h"
#include "teleport/auth.h"
#include "teleport/identity.h"
#include "teleport/identity_pin.h"
#include "teleport/router.h"

namespace notifyd::teleport {

struct GrpcDialerOptions {
  std::vector<std::string> addresses;  // what addresses_of() gave, of one or several
  CredentialPaths credentials;
  ProxyTrust proxy_trust = {};
  // Shared with whoever may decide that another identity is right.
  std::shared_ptr<IdentityPin> pin = std::make_shared<IdentityPin>();
};

// Must be destroyed before the engine and `http`. Sessions may outlive it, but their calls bring no
// answer then.
class GrpcDialer final : public Dialer {
 public:
  GrpcDialer(Engine& engine, net::Http& http, GrpcDialerOptions options, const Log& log = Log());
  GrpcDialer(const GrpcDialer&) = delete;
  GrpcDialer& operator=(const GrpcDialer&) = delete;
  ~GrpcDialer() override;

  Task<Result<Connected>> dial() override;
  bool identity_changed() override;
  void watch_identity(std::function<void()> work) override;

  // Whether the files are not those in use, be they of anybody.
  bool identity_differs() const;
  // Whether a proxy's certificate may be from these CAs, and from no others but the system's.
  bool trusts(const net::CaText& proxy_cas) const {
    return net::same_cas(options_.proxy_trust.extra_cas, proxy_cas);
  }

  // The way that worked last: "teleport.example.com:443 through the proxy by TLS routing"; or "".
  std::string way() const { return router_.way(); }
  // What was asked of the addresses, and what each way answered, when the way was last looked for.
  const std::vector<Router::Answer>& answers() const { return router_.answers(); }

 private:
  Result<Identity> identity_to_use();
  Result<> admit(const Identity& identity);
  Result<Identity> go_on_with_the_old_one(const Error& why) const;

  Engine& engine_;
  GrpcDialerOptions options_;
  std::shared_ptr<Door> door_;
  Router router_;
  const Log log_;
  std::unique_ptr<DirectoryWatch> watch_;
  std::string last_digest_;
  bool last_is_good_ = false;     // what has that digest
  std::optional<Identity> last_;  // that was admitted
  Outage identity_refused_;
  Outage cluster_refused_;
};

}  // namespace notifyd::teleport
