#include "daemon/lineup.h"

#include <algorithm>
#include <map>
#include <utility>

#include "config/suggest.h"
#include "config/upstream_config.h"
#include "daemon/plain_http.h"
#include "module/module_name.h"

namespace notifyd::daemon {
namespace {

using config::Faults;
using config::FoundIn;

class Builder {
 public:
  Builder(const config::HostConfig& config, modules::LibraryOptions options, Faults& faults)
      : config_(config), options_(std::move(options)), faults_(faults) {}

  Lineup run() {
    for (const config::InstanceConfig& instance : config_.instances) add(instance);
    return std::move(lineup_);
  }

 private:
  void add(const config::InstanceConfig& instance) {
    const std::string path = modules::module_path(config_.modules_dir, instance.module);
    if (!is_there(instance)) return;
    auto library = load(path);
    if (!library) {
      return faults_.add(library.error(), place(instance), FoundIn::kMachine);
    }
    auto checked = config::check_instance(instance, (*library)->info().options, faults_);
    lineup_.warnings.insert(lineup_.warnings.end(), checked.warnings.begin(),
                            checked.warnings.end());
    judge_addresses(instance, checked.settings);
    lineup_.entries.push_back({instance.name, path, *std::move(library),
                               std::move(checked.settings), instance.allow_insecure});
  }

  bool is_there(const config::InstanceConfig& instance) {
    const std::string missing =
        missing_module(config_.modules_dir, instance.module, how_to_install());
    if (missing.empty()) return true;
    // A file that could not be read may name another directory.
    if (config_.is_read) {
      faults_.add(place(instance), missing + advice(instance), FoundIn::kMachine);
    }
    return false;
  }

  // Upstream's file has no key for their directory; it is beside the program's.
  std::string how_to_install() const {
    return config_.upstream_form ? "; modules come with the program: install both again, together"
                                 : "; install one, or set modules_dir in " + config_.file;
  }

  void judge_addresses(const config::InstanceConfig& instance, config::Settings& settings) {
    if (!instance.allow_insecure) return refuse_plain_http(settings, faults_);
    lineup_.warnings.push_back(
        instance.allow_insecure_at.str() +
        ": allow_insecure lets tokens and messages travel where everybody on the way can read "
        "them; write https:// addresses and remove it");
  }

  config::Position place(const config::InstanceConfig& instance) const {
    if (config_.upstream_form) return {instance.file};
    if (instance.module_at.line > 0) return instance.module_at;
    return {instance.file, 1, 1};
  }

  // The file's name is the module's where the file does not say; people name files as they like.
  std::string advice(const config::InstanceConfig& instance) const {
    const auto known = modules::module_names(config_.modules_dir);
    if (config_.upstream_form || instance.module_at.line > 0 || known.empty()) return "";
    const std::string near = config::nearest(instance.module, known);
    if (!near.empty()) return " If so, write module = \"" + near + "\" at the top of the file";
    // What most people have, where it is there.
    const std::string& usual = config::upstream_form().module;
    const bool there = std::ranges::find(known, usual) != known.end();
    return "; write module = \"" + (there ? usual : known.front()) + "\" at the top of the file";
  }

  Result<std::shared_ptr<modules::Library>> load(const std::string& path) {
    if (const auto it = loaded_.find(path); it != loaded_.end()) return it->second;
    auto library = modules::Library::load(path, options_);
    if (library) loaded_.emplace(path, *library);
    return library;
  }

  const config::HostConfig& config_;
  const modules::LibraryOptions options_;
  Faults& faults_;
  std::map<std::string, std::shared_ptr<modules::Library>> loaded_;
  Lineup lineup_;
};

}  // namespace

Lineup make_lineup(const config::HostConfig& config, Loading loading, const Log& log,
                   Faults& faults) {
  const StagingPlace place = staging_place(config);
  auto options = library_options(place, loading, log);
  if (!options) {
    refuse_runtime_dir(config, options.error(), faults);
    // Nothing will run; what the modules think of their options can be heard all the same.
    options = library_options(place, Loading::kToLook, log);
  }
  if (!options) return {};
  return Builder(config, *std::move(options), faults).run();
}

}  // namespace notifyd::daemon
