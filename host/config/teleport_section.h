// [teleport], or several [teleport.NAME]: how a cluster is reached and as whom. Its options, and
// the rules that a table cannot say. What breaks a rule is a fault, and has its default instead.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/faults.h"
#include "config/option.h"
#include "config/position.h"
#include "config/settings.h"
#include "config/tree.h"

namespace notifyd::config {

// Either `identity`, or all three of client_key, client_crt and root_cas; or none of them, when
// what is written is a fault.
struct TeleportConfig {
  std::string name;                // of [teleport.NAME]; "": of [teleport]
  std::vector<std::string> addrs;  // as written, or the default; of one cluster, tried in order
  Position addr_at = {};           // for what the teleport part finds wrong with them
  std::string ca_file;             // of CAs for a proxy's certificate, beside the system's; or ""
  Position ca_file_at = {};
  bool insecure = false;  // a proxy's own certificate may be anybody's
  std::string identity;
  std::optional<uid_t> identity_owner;  // who keeps the credentials' files for us, as tbot does
  bool refresh_identity = false;
  std::chrono::milliseconds refresh_identity_interval{60'000};
  std::string client_key, client_crt, root_cas;
  Position credentials_at;  // of identity or client_crt, for what is wrong with the files
  Position at;              // of the section, or of the file where it has none
};

// "teleport", or "teleport.NAME".
std::string section_of_cluster(const std::string& name);

// The NAMEs of [teleport.NAME], in the order of the file. "" alone: there is one [teleport], or
// none. One that cannot be a name is a fault, and its section is taken out of the tree; where that
// leaves nothing, there are no names.
std::vector<std::string> cluster_names(Tree& tree, const std::string& file, Faults& faults);

// Those of one section; `name` as in TeleportConfig.
std::vector<Option> teleport_options(const std::string& name = "");

// What `settings`, checked against those options, say. `tree` is all of the file, for where things
// that are missing belong. Adds to `faults` and `warnings`.
TeleportConfig teleport_config(const Settings& settings, const std::string& name, const Tree& tree,
                               Faults& faults, std::vector<std::string>& warnings);

}  // namespace notifyd::config
