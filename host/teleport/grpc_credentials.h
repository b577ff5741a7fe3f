// What a connection to the Auth Service proves, and wants proven.
#pragma once

#include <grpcpp/security/credentials.h>

#include <memory>

#include "teleport/identity.h"

namespace notifyd::teleport {

// The name in the certificate of every Auth Service.
inline constexpr char kServerName[] = "teleport.cluster.local";

// TLS 1.2 or 1.3, whatever OpenSSL's configuration allows: gRPC sets both ends of that range. The
// server's certificate must come from a CA in the identity and name kServerName among its
// alternative names. Session keys are logged nowhere: that takes a call that is not made here.
std::shared_ptr<grpc::ChannelCredentials> make_credentials(const Identity& identity);

}  // namespace notifyd::teleport
