// HostConfig: what the host itself needs to know, read from notifyd.toml and its conf.d, or from an
// unchanged teleport-slack.toml.
//
// Nothing is opened or created here but the configuration files: an identity or a log file that
// cannot be read is found by the part that reads it, a token file by check_instance(). What is
// wrong is in `faults`, and all else is read as far as it can be, so that everything else that is
// wrong can be found too; nothing may be started while there is a fault.
#pragma once

#include <string>
#include <vector>

#include "config/check.h"
#include "config/faults.h"
#include "config/host_sections.h"
#include "config/option.h"
#include "config/position.h"
#include "config/teleport_section.h"
#include "config/tree.h"

namespace notifyd::config {

// One notifier: a file of conf.d, or the module's part of teleport-slack.toml.
struct InstanceConfig {
  std::string name;    // also of its plugin data in Teleport
  std::string module;  // libnotify_<module>.so
  std::string file;
  Tree tree;                         // all of the file
  std::vector<std::string> claimed;  // keys and sections of it that are the host's
  Position module_at = {};           // of `module`, in line 0 where the file does not say
  bool allow_insecure = false;       // http:// also to other machines
  Position allow_insecure_at = {};
  std::string sha256 = {};  // that the module's file must have, in hex; "": any
  Position sha256_at = {};
  std::vector<std::string> clusters = {};  // [teleport.NAME]s that it is told of; none: all
  Position clusters_at = {};
  std::string ca_file = {};  // of CAs that its far sides may be from beside the system's; "": none
  Position ca_file_at = {};
};

// The keys of a file of conf.d that are the host's, whatever options `module` has. TLS is the
// host's too; its key is in the module's section, because that is where people look for it.
std::vector<std::string> host_keys(const std::string& module);

// What the file says under ca_file in its module's section.
void read_ca_file(InstanceConfig& instance, Faults& faults);

// Whether the two say the same, wherever in the file, and whatever the comments are.
bool same_settings(const InstanceConfig& a, const InstanceConfig& b);

struct HostConfig {
  std::vector<TeleportConfig> clusters;  // one without a name, or several with different ones
  LogConfig log;
  DeliveryConfig delivery;
  std::string file;
  std::string modules_dir, conf_d, runtime_dir;  // conf_d is empty in upstream's form
  Position runtime_dir_at = {};                  // for what is wrong with it
  std::vector<InstanceConfig> instances;         // by name
  std::vector<std::string> warnings;             // "file:line:column: what; what to do"
  Faults faults;
  bool upstream_form = false;
  // False when `file` itself could not be read or is no TOML: then what it would say is not known,
  // and only the files of conf.d are there to be judged.
  bool is_read = false;
};

// Whether the instance is told of the requests of this cluster.
bool is_told_of(const InstanceConfig& instance, const std::string& cluster);

// notifyd.toml, and every *.toml of its conf.d that is not hidden, in the order of their names.
HostConfig load_notifyd_config(const std::string& path);

// teleport-slack.toml as upstream wrote it. Keys that only older releases knew are warnings.
HostConfig load_upstream_config(const std::string& path);

// The settings of one instance against its module's options, secrets that name files included: each
// is read once, so that a token file that is missing is known at start.
Checked check_instance(const InstanceConfig& instance, const std::vector<Option>& options,
                       Faults& faults);

}  // namespace notifyd::config
