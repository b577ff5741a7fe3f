// Ways: how the daemons of a run reach Teleport, each life of a replica in another way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/proxy/proxy_server.h"

namespace notifyd::chaos {

struct Way {
  std::string name;
  std::optional<sim::ProxyQuirks> proxy;  // what leads there; nothing: the Auth Service itself

  std::string config_file() const { return name + ".toml"; }
};
const std::vector<Way>& ways();

// That of the `life`-th daemon of a replica, from 0: all of them in turn, and two replicas begin
// with different ones.
const Way& way_of(std::uint64_t seed, std::size_t replica, std::size_t life);

// A proxy at work, and the way that leads through it.
struct Door {
  const Way* way;
  std::unique_ptr<sim::ProxyServer> proxy;
};

}  // namespace notifyd::chaos
