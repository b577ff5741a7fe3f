// What a module is called, and its file after it: libnotify_<name>.so.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace notifyd::modules {

// Of the module in this file.
Result<std::string> module_name(const std::string& path);

std::string module_path(const std::string& directory, const std::string& name);

// Of the modules in a directory, sorted; none if it cannot be read.
std::vector<std::string> module_names(const std::string& directory);

}  // namespace notifyd::modules
