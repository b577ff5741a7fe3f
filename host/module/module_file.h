// A module's file as the operator put it there: whose it is, whether others could change it, its
// name, and its contents read in one piece. The file itself is never mapped: overwriting a mapped
// file changes or ends the code that is running.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"

namespace notifyd::modules {

struct ModuleFile {
  std::string path;
  std::string name;   // <name> of libnotify_<name>.so
  std::string bytes;  // not empty
};

struct ReadOptions {
  std::chrono::milliseconds second_try{200};
  std::function<void()> while_reading;  // for tests: the moment in which a file can change
};

// Every error begins with the path. A file that changes while it is read is tried once more.
Result<ModuleFile> read_module_file(const std::string& path, const ReadOptions& options = {});

}  // namespace notifyd::modules
