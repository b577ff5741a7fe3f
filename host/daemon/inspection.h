// Inspection: everything that a start does before it connects, and what it found; and, where that
// is wanted, whether Teleport is reached. No chat service is asked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/engine.h"
#include "config/faults.h"
#include "config/host_config.h"
#include "daemon/ways.h"
#include "teleport/types.h"

namespace notifyd::daemon {

struct InspectedIdentity {
  std::string file;
  teleport::IdentityFacts facts;
  Millis left;
};

struct InspectedNotifier {
  std::string name, module, version, file;
  // Of each option that is a section: how many different values it has, whatever the keys.
  std::map<std::string, std::size_t> sections;
};

struct InspectedCluster {
  std::string name;          // of [teleport.NAME]
  std::string address;       // as it is configured
  std::optional<Ways> ways;  // nothing where it was not asked
  std::optional<InspectedIdentity> identity;
};

struct Inspection {
  std::vector<std::string> warnings;
  std::vector<InspectedCluster> clusters;
  std::vector<InspectedNotifier> notifiers;
  config::Faults faults;

  // A module did not come back: it still runs, and the process must leave with _Exit.
  bool stuck = false;
};

// Starts and ends every notifier, because a module may refuse what its options cannot say.
// Teleport is asked only when there are no faults.
enum class AskTeleport { kNo, kYes };
Inspection inspect(const config::HostConfig& config, const std::string& rehearsal = "",
                   AskTeleport ask = AskTeleport::kNo);

}  // namespace notifyd::daemon
