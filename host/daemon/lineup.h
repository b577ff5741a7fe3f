// Lineup: the notifiers of a configuration, each with its module loaded and its settings checked.
// Nothing of a module has run yet.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "config/faults.h"
#include "config/host_config.h"
#include "daemon/catalog.h"
#include "module/library.h"

namespace notifyd::daemon {

struct LineupEntry {
  std::string name;                           // of the instance
  std::string module;                         // its file, in modules_dir
  std::shared_ptr<modules::Library> library;  // one for all instances of a module
  config::Settings settings;
  bool allow_insecure = false;
};

struct Lineup {
  std::vector<LineupEntry> entries;
  std::vector<std::string> warnings;
};

// Of what is wrong with it, an instance whose module can be loaded is an entry all the same: the
// module may have more to say.
Lineup make_lineup(const config::HostConfig& config, Loading loading, const Log& log,
                   config::Faults& faults);

}  // namespace notifyd::daemon
