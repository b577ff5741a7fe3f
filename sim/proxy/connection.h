// One client of the simulated proxy: its socket, the layers above it and, once it is routed there,
// the socket to the Auth Service. [loop]
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sim/proxy/loop.h"
#include "sim/proxy/proxy_world.h"

namespace notifyd::sim {

class Connection {
 public:
  // `over` is called once, when the client is gone and this may be destroyed.
  Connection(ProxyWorld& world, std::shared_ptr<Peer> client, std::function<void()> over);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  ProxyWorld& world() { return world_; }

  // What comes of it goes to the Auth Service, whose answers go to `below`; null if that is away.
  std::unique_ptr<Upper> pipe_to_auth_service(Lower& below);

  // Again and again for as long as the connection is there.
  void every(Millis interval, Loop::Work work);

 private:
  class AuthPipe;

  ProxyWorld& world_;
  const std::shared_ptr<Peer> client_;
  std::shared_ptr<Peer> auth_;  // null until it is routed there
  std::unique_ptr<Upper> above_;
  std::vector<std::shared_ptr<void>> timers_;
};

}  // namespace notifyd::sim
