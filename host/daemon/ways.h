// Ways: whether, and how, Teleport is reached with a configuration, tried out once.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/teleport_section.h"
#include "daemon/access.h"

namespace notifyd::daemon {

struct Ways {
  // What was asked, "teleport.example.com:443 as a proxy", and the answer; in their order.
  std::vector<std::pair<std::string, std::string>> answers;
  std::optional<std::string> trouble;  // why none leads to an Auth Service; nothing where one does
};

// Connects as a start does, and lets go again. Blocks for as long as the network takes: some
// seconds for each address that does not answer.
Ways try_ways(const config::TeleportConfig& config, const Access& access);

}  // namespace notifyd::daemon
