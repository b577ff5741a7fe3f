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
    if (auto safe = judge_addresses(instance, checked->settings); !safe) return safe.error();
    lineup_.entries.push_back({instance.name, path, *std::move(library),
                               std::move(checked->settings), instance.allow_insecure});
    return Done{};
  }

  Result<> judge_addresses(const config::InstanceConfig& instance,
                           const config::Settings& settings) {
    if (instance.allow_insecure) {
      lineup_.warnings.push_back(
          instance.allow_insecure_at.str() +
          ": allow_insecure lets tokens and messages travel where everybody on the way can read "
          "them; write https:// addresses and remove it");
      return Done{};
    }
    return refuse_plain_http(settings);
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
  std::map<std::string, std::shared_ptr<modules::Library>> loaded_;
  Lineup lineup_;
};

}  // namespace

Result<Lineup> make_lineup(const config::HostConfig& config, Loading loading, const Log& log) {
  auto options = library_options(config.runtime_dir, loading, log);
  if (!options) return std::move(options).error();
  return Builder(config, *std::move(options)).run();
}

}  // namespace notifyd::daemon
