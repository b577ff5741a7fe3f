#include "daemon/catalog.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "config/suggest.h"
#include "module/module_name.h"
#include "ops/runtime_dir.h"

namespace notifyd::daemon {

namespace fs = std::filesystem;

Result<std::vector<modules::Listed>> list_modules(const ModuleDirs& dirs) {
  const auto options = library_options(dirs.runtime, Log());
  if (!options) return options.error();
  return modules::list_modules(dirs.modules, *options);
}

Result<std::vector<config::Option>> module_options(const ModuleDirs& dirs,
                                                   const std::string& module) {
  const std::string missing = missing_module(dirs.modules, module);
  if (!missing.empty()) return invalid(missing);
  const auto options = library_options(dirs.runtime, Log());
  if (!options) return options.error();
  const auto library = modules::Library::load(modules::module_path(dirs.modules, module), *options);
  if (!library) return library.error();
  return (*library)->info().options;
}

Result<modules::LibraryOptions> library_options(const std::string& runtime_dir, const Log& log) {
  if (auto made = ops::make_runtime_dir(runtime_dir); !made) return made.error();
  auto staging = modules::Staging::open(runtime_dir, log);
  if (!staging) return std::move(staging).error();
  modules::LibraryOptions options;
  options.staging = *std::move(staging);
  options.log = log;
  return options;
}

std::string missing_module(const std::string& modules_dir, const std::string& module) {
  std::error_code error;
  const fs::path file = modules::module_path(modules_dir, module);
  if (fs::exists(file, error)) return "";
  if (error) {
    return "no module \"" + module + "\": " + modules_dir + " cannot be read (" + error.message() +
           ")";
  }
  const auto known = modules::module_names(modules_dir);
  const std::string near = config::nearest(module, known);
  std::string text =
      "no module \"" + module + "\": " + modules_dir + " has no " + file.filename().string();
  if (!near.empty()) return text + "; did you mean \"" + near + "\"?";
  if (known.empty()) return text + ", and no other module; install one, or set modules_dir";
  return text + "; there is " + join(known, ", ");
}

}  // namespace notifyd::daemon
