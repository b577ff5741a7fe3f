#include "cli/lineup.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "config/suggest.h"
#include "module/module_name.h"
#include "ops/runtime_dir.h"

namespace notifyd::cli {
namespace {

namespace fs = std::filesystem;

class Builder {
 public:
  Builder(const config::HostConfig& config, modules::LibraryOptions options)
      : config_(config), options_(std::move(options)) {}

  Result<Lineup> run() {
    for (const config::InstanceConfig& instance : config_.instances) {
      if (auto added = add(instance); !added) return added.error();
    }
    return std::move(lineup_);
  }

 private:
  Result<> add(const config::InstanceConfig& instance) {
    const std::string path = modules::module_path(config_.modules_dir, instance.module);
    const std::string missing = missing_module(config_.modules_dir, instance.module);
    if (!missing.empty()) return invalid(place(instance) + ": " + missing + advice(instance));
    auto library = load(path);
    if (!library) return std::move(library).error();
    auto checked = config::check_instance(instance, (*library)->info().options);
    if (!checked) return std::move(checked).error();
    lineup_.warnings.insert(lineup_.warnings.end(), checked->warnings.begin(),
                            checked->warnings.end());
    lineup_.entries.push_back(
        {instance.name, path, *std::move(library), std::move(checked->settings)});
    return Done{};
  }

  std::string place(const config::InstanceConfig& instance) const {
    if (config_.upstream_form) return instance.file;
    return instance.module_at.line > 0 ? instance.module_at.str() : instance.file + ":1:1";
  }

  // The file's name is the module's where the file does not say; people name files as they like.
  std::string advice(const config::InstanceConfig& instance) const {
    const auto known = modules::module_names(config_.modules_dir);
    if (config_.upstream_form || instance.module_at.line > 0 || known.empty()) return "";
    const std::string near = config::nearest(instance.module, known);
    const bool slack = std::ranges::find(known, "slack") != known.end();
    const std::string example = !near.empty() ? near : slack ? "slack" : known.front();
    return (near.empty() ? "; write module = \"" : " If so, write module = \"") + example +
           "\" at the top of the file";
  }

  Result<std::shared_ptr<modules::Library>> load(const std::string& path) {
    if (const auto it = loaded_.find(path); it != loaded_.end()) return it->second;
    auto library = modules::Library::load(path, options_);
    if (library) loaded_.emplace(path, *library);
    return library;
  }

  const config::HostConfig& config_;
  const modules::LibraryOptions options_;
  std::map<std::string, std::shared_ptr<modules::Library>> loaded_;
  Lineup lineup_;
};

}  // namespace

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
  if (fs::exists(modules::module_path(modules_dir, module), error)) return "";
  const auto known = modules::module_names(modules_dir);
  const std::string near = config::nearest(module, known);
  std::string text =
      "no module \"" + module + "\": " + modules_dir + " has no libnotify_" + module + ".so";
  if (!near.empty()) return text + "; did you mean \"" + near + "\"?";
  if (known.empty()) return text + ", and no other module; install one, or set modules_dir";
  return text + "; there is " + join(known, ", ");
}

Result<Lineup> make_lineup(const config::HostConfig& config, const Log& log) {
  auto options = library_options(config.runtime_dir, log);
  if (!options) return std::move(options).error();
  return Builder(config, *std::move(options)).run();
}

}  // namespace notifyd::cli
