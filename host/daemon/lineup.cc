#include "daemon/lineup.h"

#include <algorithm>
#include <map>
#include <utility>

#include "config/secret.h"
#include "config/suggest.h"
#include "config/upstream_config.h"
#include "daemon/ca_file.h"
#include "daemon/plain_http.h"
#include "daemon/rehearsal.h"
#include "module/module_file.h"
#include "module/module_name.h"
#include "module/sha256.h"

namespace notifyd::daemon {
namespace {

using config::Faults;
using config::FoundIn;

class Builder {
 public:
  Builder(const config::HostConfig& config, const LineupOptions& options,
          modules::LibraryOptions library, Faults& faults)
      : config_(config), options_(options), library_(std::move(library)), faults_(faults) {}

  Lineup run() {
    for (const config::InstanceConfig& instance : config_.instances) add(instance);
    return std::move(lineup_);
  }

 private:
  void add(const config::InstanceConfig& instance) {
    const std::string path = modules::module_path(config_.modules_dir, instance.module);
    if (!is_there(instance)) return;
    const net::CaText cas =
        judge_ca_file(instance.module + ".ca_file", instance.ca_file, instance.ca_file_at, faults_);
    if (is_unchanged(instance, path, cas)) {
      lineup_.kept.push_back(instance.name);
      return;
    }
    auto library = load(instance, path);
    if (!library) {
      return faults_.add(library.error(), place(instance), FoundIn::kMachine);
    }
    const auto meant = modules::judge_hash((*library)->hash(), instance.sha256);
    if (!meant) return faults_.add(meant.error().in(path), instance.sha256_at, FoundIn::kMachine);
    auto checked = config::check_instance(instance, (*library)->info().options, faults_);
    lineup_.warnings.insert(lineup_.warnings.end(), checked.warnings.begin(),
                            checked.warnings.end());
    judge_addresses(instance, checked.settings);
    lineup_.entries.push_back({instance, instance.name, path, *std::move(library),
                               std::move(checked.settings), instance.allow_insecure, cas});
  }

  // By its contents: what is behind the same name and the same inode may have been written anew.
  bool is_unchanged(const config::InstanceConfig& instance, const std::string& path,
                    const net::CaText& cas) const {
    const auto known = options_.running.find(instance.name);
    if (known == options_.running.end()) return false;
    const Running& running = known->second;
    if (!config::same_settings(running.config, instance)) return false;
    if (digest_of(running.secret_files) != running.secrets) return false;
    if (!net::same_cas(running.extra_cas, cas)) return false;
    const auto file = modules::read_module_file(path);
    return file && modules::sha256(file->bytes) == running.hash;
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

  Result<std::shared_ptr<modules::Library>> load(const config::InstanceConfig& instance,
                                                 const std::string& path) {
    const auto try_out = [&](const std::string& copy) {
      return rehearse(options_.rehearsal, config_, instance, copy);
    };
    if (const auto it = loaded_.find(path); it != loaded_.end()) {
      auto tried = try_out(it->second->copy());
      return tried ? Result(it->second) : std::move(tried).error().in(path);
    }
    library_.trial = try_out;
    library_.sha256 = instance.sha256;
    auto library = modules::Library::load(path, library_);
    if (library) loaded_.emplace(path, *library);
    return library;
  }

  const config::HostConfig& config_;
  const LineupOptions& options_;
  modules::LibraryOptions library_;
  Faults& faults_;
  std::map<std::string, std::shared_ptr<modules::Library>> loaded_;
  Lineup lineup_;
};

}  // namespace

std::string digest_of(const std::vector<std::string>& secret_files) {
  std::string all;
  for (const std::string& file : secret_files) {
    const auto secret = config::read_secret(file);
    all += file + '\0' + (secret ? *secret : std::string()) + '\0';
  }
  return modules::sha256(all);
}

Lineup make_lineup(const config::HostConfig& config, const LineupOptions& options, const Log& log,
                   Faults& faults) {
  const StagingPlace place = staging_place(config);
  modules::LibraryOptions again;
  again.staging = options.staging;
  again.log = log;
  auto library = again.staging ? Result(again) : library_options(place, options.loading, log);
  if (!library) {
    refuse_runtime_dir(config, library.error(), faults);
    // Nothing will run; what the modules think of their options can be heard all the same.
    library = library_options(place, Loading::kToLook, log);
  }
  if (!library) return {};
  Lineup lineup = Builder(config, options, *library, faults).run();
  lineup.staging = library->staging;
  return lineup;
}

}  // namespace notifyd::daemon
