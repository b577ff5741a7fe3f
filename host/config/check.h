// A file against the options that it may have.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/option.h"
#include "config/settings.h"
#include "config/tree.h"

namespace notifyd::config {

struct Checked {
  Settings settings;
  std::vector<std::string> warnings;  // "file:line:column: chat.old does nothing; ..."
};

// Every key of `tree` must be one of `options` (a section may be claimed by another reader through
// `other_sections`). The first thing a person must mend is the error, with position and, for an
// unknown key, the nearest known one.
Result<Checked> check(const Tree& tree, const std::string& file, const std::vector<Option>& options,
                      const std::vector<std::string>& other_sections = {});

}  // namespace notifyd::config
