// A file against the options that it may have.
#pragma once

#include <string>
#include <vector>

#include "config/faults.h"
#include "config/option.h"
#include "config/settings.h"
#include "config/tree.h"

namespace notifyd::config {

struct Checked {
  Settings settings;
  std::vector<std::string> warnings;  // "file:line:column: chat.old does nothing; ..."
};

// Every key of `tree` must be one of `options`, but for what another reader claims: keys and
// sections of the file, "log", and keys in a section of it, "slack.ca_file". All that a person must
// mend is added to `faults`, with position and, for an unknown key, the nearest known one. What
// that one would say is read then, so that the settings are as complete as they can be and nothing
// is called missing that is only misspelt.
Checked check(const Tree& tree, const std::string& file, const std::vector<Option>& options,
              Faults& faults, const std::vector<std::string>& claimed = {});

}  // namespace notifyd::config
