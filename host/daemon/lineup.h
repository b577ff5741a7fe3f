// Lineup: the notifiers of a configuration, each with its module loaded and its settings checked.
// Nothing of a module has run yet.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "config/faults.h"
#include "config/host_config.h"
#include "daemon/catalog.h"
#include "module/library.h"
#include "net/ca_text.h"

namespace notifyd::daemon {

struct LineupEntry {
  config::InstanceConfig config;
  std::string name;                           // of the instance
  std::string module;                         // its file, in modules_dir
  std::shared_ptr<modules::Library> library;  // one for all instances of a module
  config::Settings settings;
  bool allow_insecure = false;
  net::CaText extra_cas;  // that its far sides may be from, beside the system's
};

// What tells an instance that runs from the one that its files describe now.
struct Running {
  config::InstanceConfig config;
  std::string hash;                       // of its module
  std::vector<std::string> secret_files;  // and what was in them
  std::string secrets;
  net::CaText extra_cas;
};
using RunningInstances = std::map<std::string, Running>;  // by name

// Of the contents of files that hold secrets: nobody can tell them from it.
std::string digest_of(const std::vector<std::string>& secret_files);

struct Lineup {
  std::vector<LineupEntry> entries;  // those that are new, or changed
  std::vector<std::string> kept;     // the names of the others
  std::vector<std::string> warnings;
  std::shared_ptr<modules::Staging> staging;  // where the modules are copied to
};

struct LineupOptions {
  Loading loading = Loading::kToRun;
  std::string rehearsal = {};  // the program that tries modules out first; "": none does
  RunningInstances running = {};
  std::shared_ptr<modules::Staging> staging = nullptr;  // where there is one already
};

// Of what is wrong with it, an instance whose module can be loaded is an entry all the same: the
// module may have more to say. Blocks.
Lineup make_lineup(const config::HostConfig& config, const LineupOptions& options, const Log& log,
                   config::Faults& faults);

}  // namespace notifyd::daemon
