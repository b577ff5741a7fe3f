// Where things are when the configuration does not say.
#pragma once

#include <string>

namespace notifyd::config {

// What the defaults depend on. From the process by surroundings(); tests write their own.
struct Surroundings {
  std::string program_dir;      // where the executable lies, symbolic links resolved
  std::string state_directory;  // $STATE_DIRECTORY, which systemd sets
  std::string xdg_runtime_dir;  // $XDG_RUNTIME_DIR
  std::string temp_dir;         // $TMPDIR or /tmp
  unsigned uid = 0;
};
Surroundings surroundings();

// The installed tree runs where it stands: bin/ and lib/ are neighbours.
std::string default_modules_dir(const Surroundings& around);

// conf.d beside the configuration file, there or not: another place would be a surprise.
std::string default_conf_d(const std::string& config_file);

// Modules are copied here before they are mapped. Only a name: whoever stages them makes it.
std::string default_runtime_dir(const Surroundings& around);

}  // namespace notifyd::config
