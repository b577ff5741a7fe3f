// An AuthSession over a Tunnel. Of a broken connection gRPC only knows that a socket was closed;
// the tunnel knows why.
#pragma once

#include <memory>

#include "teleport/auth.h"
#include "teleport/tunnel.h"

namespace notifyd::teleport {

std::shared_ptr<AuthSession> make_tunneled(std::shared_ptr<AuthSession> session,
                                           std::shared_ptr<Tunnel> tunnel);

}  // namespace notifyd::teleport
