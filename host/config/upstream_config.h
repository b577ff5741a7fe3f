// teleport-slack.toml, upstream's configuration: what its form is. It belongs to one module, and
// whoever must know a key of it finds it here, as data.
#pragma once

#include <string>
#include <vector>

#include "config/host_config.h"
#include "config/option.h"

namespace notifyd::config {

struct UpstreamForm {
  std::string program;                 // that reads it
  std::string module;                  // whose the rest of the file is; also the instance's name
  std::vector<std::string> host;       // sections that are not the module's
  std::vector<std::string> names;      // sections whose keys are data and keep their case
  std::string recipients;              // the one of them that says who is told
  std::string old_recipients;          // a key in the module's section, from before there was that
  std::vector<std::string> tell_tale;  // sections that no notifyd.toml has
  std::vector<Option> accepted;        // keys that older or newer releases of upstream know
};
const UpstreamForm& upstream_form();

// What stands under the old key becomes "*", where nothing else says who is told.
void adopt_old_recipients(InstanceConfig& instance, std::vector<std::string>& warnings);

}  // namespace notifyd::config
