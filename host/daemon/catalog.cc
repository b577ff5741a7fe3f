#include "daemon/catalog.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "base/trusted_path.h"
#include "config/default_paths.h"
#include "config/suggest.h"
#include "module/module_name.h"

namespace notifyd::daemon {

namespace {

namespace fs = std::filesystem;

using OpenStaging = Result<std::shared_ptr<modules::Staging>>;

OpenStaging staging_to_run(const StagingPlace& place, const Log& log) {
  const std::string& runtime_dir = place.runtime_dir;
  auto staging = modules::Staging::open(runtime_dir, log);
  if (staging) return staging;
  const bool chosen = runtime_dir != config::default_runtime_dir(config::surroundings());
  if (chosen && staging.error().code == kUntrusted) return staging;
  auto memory = modules::Staging::in_memory();
  if (!memory) return staging;
  log.warn("modules are loaded from memory, where debuggers do not find them",
           {{"reason", staging.error().message + place.advice}});
  return memory;
}

// A machine may forbid code in memory (vm.memfd_noexec), or hide /proc.
OpenStaging staging_to_look() {
  auto memory = modules::Staging::in_memory();
  return memory ? memory : modules::Staging::apart();
}

}  // namespace

Result<std::vector<modules::Listed>> list_modules(const ModuleDirs& dirs) {
  const auto options = library_options({dirs.runtime}, Loading::kToLook, Log());
  if (!options) return options.error();
  return modules::list_modules(dirs.modules, *options);
}

std::vector<std::string> unused_modules(const config::HostConfig& config) {
  std::vector<std::string> unused = modules::module_names(config.modules_dir);
  std::erase_if(unused, [&](const std::string& name) {
    return std::ranges::any_of(config.instances,
                               [&](const auto& instance) { return instance.module == name; });
  });
  return unused;
}

Result<std::vector<config::Option>> module_options(const ModuleDirs& dirs,
                                                   const std::string& module) {
  const std::string missing =
      missing_module(dirs.modules, module, "; name their directory with --modules-dir");
  if (!missing.empty()) return invalid(missing);
  const auto options = library_options({dirs.runtime}, Loading::kToLook, Log());
  if (!options) return options.error();
  const auto library = modules::Library::load(modules::module_path(dirs.modules, module), *options);
  if (!library) return library.error();
  return (*library)->info().options;
}

// Upstream's file has no key for it, and what decides then is read from the environment.
StagingPlace staging_place(const config::HostConfig& config) {
  return {config.runtime_dir,
          config.upstream_form
              ? "; set STATE_DIRECTORY in the environment, as StateDirectory= in its unit does, to "
                "a directory that only this program's user can write"
              : "; set runtime_dir in " + config.file +
                    " to a directory that only the daemon can write, such as "
                    "/var/lib/teleport-notifyd, or remove it"};
}

void refuse_runtime_dir(const config::HostConfig& config, const Error& error,
                        config::Faults& faults) {
  faults.add(
      config.runtime_dir_at,
      (config.upstream_form ? "" : "runtime_dir: ") + error.message + staging_place(config).advice,
      config::FoundIn::kMachine);
}

Result<modules::LibraryOptions> library_options(const StagingPlace& place, Loading loading,
                                                const Log& log) {
  auto staging = loading == Loading::kToRun ? staging_to_run(place, log) : staging_to_look();
  if (!staging) return std::move(staging).error();
  modules::LibraryOptions options;
  options.staging = *std::move(staging);
  options.log = log;
  return options;
}

std::string missing_module(const std::string& modules_dir, const std::string& module,
                           const std::string& elsewhere) {
  std::error_code error;
  const fs::path file = modules::module_path(modules_dir, module);
  if (fs::exists(file, error)) return "";
  if (error) {
    return "no module \"" + module + "\": " + modules_dir + " cannot be read (" + error.message() +
           ")" + elsewhere;
  }
  const auto known = modules::module_names(modules_dir);
  const std::string near = config::nearest(module, known);
  std::string text =
      "no module \"" + module + "\": " + modules_dir + " has no " + file.filename().string();
  if (!near.empty()) return text + "; did you mean \"" + near + "\"?";
  if (known.empty()) return text + ", and no other module" + elsewhere;
  return text + "; there is " + join(known, ", ");
}

}  // namespace notifyd::daemon
