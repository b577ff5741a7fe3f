// Identity: who we are to Teleport. A private key, the certificate for it and the CAs of the
// cluster, read from files and proven with OpenSSL before gRPC sees them: gRPC reports a wrong or
// expired one much later and as "Socket closed".
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/engine.h"
#include "base/result.h"
#include "base/trusted_path.h"
#include "teleport/types.h"

namespace notifyd::teleport {

// Either `identity`, or the other three.
struct CredentialPaths {
  std::string identity;
  std::string client_key;
  std::string client_crt;
  std::string root_cas;
  std::optional<uid_t> owner = {};  // beside root and ourselves: who keeps the files for us
};

// Whose these files may be.
Trust trust_in(const CredentialPaths& paths);

struct Identity {
  // What gRPC takes. Never log these.
  std::string key_pem;
  std::string chain_pem;
  std::string ca_pem;

  IdentityFacts facts;
};

// Every error names the file and what to do about it. `now` is the machine's clock.
Result<Identity> load_identity(const CredentialPaths& paths, WallTime now);

// SHA-256 over the files as they are now; a file that cannot be read counts with its error.
std::string credentials_digest(const CredentialPaths& paths);

// "tctl auth sign --format=file --user=bot --out=/etc/..." for these credentials.
std::string renew_command(const CredentialPaths& paths, const std::string& user);

}  // namespace notifyd::teleport
