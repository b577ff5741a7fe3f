// The TLS side of the simulated Auth Service: for each handshake the certificate and the trusted
// CAs of that moment, as Teleport does it, so that a CA rotation cuts no connection.
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "sim/teleport/pki.h"

namespace notifyd::sim {

// Any thread, except for credentials(). Must outlive every server that has them.
class AuthTls {
 public:
  AuthTls(const Pki& pki, Validity validity) : pki_(pki), validity_(validity) {}

  // In place of the one that the Pki would issue.
  void use_certificate(Credentials certificate);

  struct Config {
    Credentials certificate;
    std::string client_ca_pem;
  };
  // What holds now; nullopt: the same as at `seen`, which is brought up to date.
  std::optional<Config> changed_since(std::uint64_t& seen) const;

  // For one server, which asks them at each handshake. They live here until the next call.
  std::shared_ptr<::grpc::ServerCredentials> credentials();

 private:
  const Pki& pki_;
  const Validity validity_;
  mutable std::mutex mutex_;  // guards all below
  std::optional<Credentials> given_;
  std::uint64_t times_given_ = 0;

  std::shared_ptr<::grpc::ServerCredentials> of_the_server_;  // gRPC itself would let go of them
};

}  // namespace notifyd::sim
