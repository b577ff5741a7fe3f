// The modules that are installed, whether a configuration uses them or not.
#pragma once

#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "config/host_config.h"
#include "config/option.h"
#include "module/library.h"

namespace notifyd::daemon {

struct ModuleDirs {
  std::string modules, runtime;
};

// All of them; a module that cannot be loaded comes with the reason.
Result<std::vector<modules::Listed>> list_modules(const ModuleDirs& dirs);

// What can be configured of one.
Result<std::vector<config::Option>> module_options(const ModuleDirs& dirs,
                                                   const std::string& module);

// Files in modules_dir that no instance of the configuration names.
std::vector<std::string> unused_modules(const config::HostConfig& config);

// Why modules are loaded. Who only looks leaves nothing behind, whoever it is and whosever
// runtime_dir is: root must not run what a service's user could have changed, nor leave there what
// that user cannot remove.
enum class Loading { kToRun, kToLook };

// The directory that modules are copied to, and how a person makes it another.
struct StagingPlace {
  std::string runtime_dir;
  std::string advice = {};
};
StagingPlace staging_place(const config::HostConfig& config);

// Says it with the advice, and by the name of the key where the form has one.
void refuse_runtime_dir(const config::HostConfig& config, const Error& error,
                        config::Faults& faults);

// What loading a module needs: a place for the copies. Where `runtime_dir` will not do, that is
// memory; only one that was written in the configuration and that others could change is an error.
Result<modules::LibraryOptions> library_options(const StagingPlace& place, Loading loading,
                                                const Log& log);

// "no module \"chta\": /usr/lib/... has no libnotify_chta.so; did you mean \"chat\"?", or
// nothing if its file is there. `elsewhere` says what to do where there is no module at all.
std::string missing_module(const std::string& modules_dir, const std::string& module,
                           const std::string& elsewhere);

}  // namespace notifyd::daemon
