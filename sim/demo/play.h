// One request from asking to answer, told in the terminal.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sim/demo/world.h"

namespace notifyd::sim {

// What did not happen, for a person; nullopt when all did. `trouble` says what else is wrong, such
// as that the daemon is gone; it is asked while waiting.
std::optional<std::string> play_once(World& world,
                                     const std::function<std::optional<std::string>()>& trouble);

}  // namespace notifyd::sim
