// GrpcAuthSession: one gRPC channel to the Auth Service with one identity. Tasks run on the
// engine's thread; the door's only converts and posts.
#pragma once

#include <limits>
#include <memory>
#include <string>

#include "base/fd.h"
#include "teleport/auth.h"
#include "teleport/door.h"
#include "teleport/identity.h"

namespace grpc {
class ChannelInterface;
}

namespace notifyd::teleport {

// The records of all requests come in one message, a million of them in half a gigabyte. A bound
// would save nothing: gRPC may receive all of a message before it looks at its size.
inline constexpr int kMaxMessage = std::numeric_limits<int>::max();

// A new connection of its own, made at the first call. The name that is verified is
// teleport.cluster.local, the roots are those of the identity and no others.
std::shared_ptr<grpc::ChannelInterface> make_channel(const std::string& address,
                                                     const Identity& identity,
                                                     int max_message = kMaxMessage);

// Over a socket behind which somebody else speaks TLS. When it ends so does the channel.
std::shared_ptr<grpc::ChannelInterface> make_channel(Fd socket, int max_message = kMaxMessage);

std::shared_ptr<AuthSession> make_session(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                          std::shared_ptr<Door> door);

}  // namespace notifyd::teleport
