#include "config/host_config.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/exposure.h"
#include "base/text.h"
#include "base/trusted_file.h"
#include "config/default_paths.h"
#include "config/secret.h"
#include "config/upstream_config.h"
#include "config/values.h"

namespace notifyd::config {
namespace {

namespace fs = std::filesystem;

std::vector<Option> notifyd_options() {
  std::vector<Option> options{
      {.name = "modules_dir", .help = "where libnotify_<module>.so files are"},
      {.name = "conf_d", .help = "where the notifiers' files are"},
      {.name = "runtime_dir", .help = "where modules are copied to before they are loaded"},
  };
  options.insert(options.end(), teleport_options().begin(), teleport_options().end());
  options.insert(options.end(), log_options().begin(), log_options().end());
  options.insert(options.end(), delivery_options().begin(), delivery_options().end());
  return options;
}

// The commonest mistake on the way from upstream: its file given to this program.
Result<> refuse_upstream_sections(const Tree& tree, const std::string& file) {
  const UpstreamForm& upstream = upstream_form();
  for (const std::string& section : upstream.tell_tale) {
    const auto it = tree.find(section);
    if (it == tree.not_found()) continue;
    return at(key_position(it->second, file),
              "[" + section + "] belongs in a file of conf.d, such as conf.d/" + upstream.module +
                  ".toml; move it there, or run this file as it is: " + upstream.program +
                  " start --config " + file);
  }
  return Done{};
}

Result<> refuse_host_sections(const Tree& tree, const std::string& file, const std::string& host) {
  for (const std::string section : {"teleport", "log", "delivery"}) {
    const auto it = tree.find(section);
    if (it == tree.not_found()) continue;
    return at(key_position(it->second, file),
              "[" + section + "] holds for all notifiers; move it to " + host);
  }
  return Done{};
}

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Result<std::string> module_of(const Tree& tree, const std::string& file,
                              const std::string& instance) {
  const auto it = tree.find("module");
  if (it == tree.not_found()) return instance;
  const Value& value = it->second.data();
  if (value.kind == Value::Kind::kText && is_name(value.text)) return value.text;
  return at(value_position(it->second, file),
            "module names no module; write module = \"slack\" for libnotify_slack.so");
}

Result<> read_allow_insecure(InstanceConfig& instance) {
  const auto it = instance.tree.find("allow_insecure");
  if (it == instance.tree.not_found()) return Done{};
  instance.allow_insecure_at = value_position(it->second, instance.file);
  const Value& value = it->second.data();
  if (value.kind != Value::Kind::kBoolean) {
    return at(instance.allow_insecure_at,
              "allow_insecure must be true or false; write allow_insecure = true");
  }
  instance.allow_insecure = value.text == "true";
  return Done{};
}

Result<InstanceConfig> load_instance(const fs::path& path, const std::string& host_file) {
  InstanceConfig instance;
  instance.file = path.string();
  instance.name = path.stem().string();
  instance.claimed = {"module", "allow_insecure"};
  if (!is_name(instance.name)) {
    return invalid(instance.file +
                   ": the file's name is the notifier's name and may hold a-z, 0-9, _ and - only; "
                   "rename the file, for example to slack-emea.toml");
  }
  auto tree = read_toml_file(instance.file);
  if (!tree) return std::move(tree).error();
  instance.tree = *std::move(tree);
  if (auto own = refuse_host_sections(instance.tree, instance.file, host_file); !own) {
    return own.error();
  }
  auto module = module_of(instance.tree, instance.file, instance.name);
  if (!module) return std::move(module).error();
  instance.module = *std::move(module);
  if (auto read = read_allow_insecure(instance); !read) return read.error();
  const auto written = instance.tree.find("module");
  if (written != instance.tree.not_found()) {
    instance.module_at = value_position(written->second, instance.file);
  }
  return instance;
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

Error no_instances(const HostConfig& config, const std::string& what) {
  return {Errc::kNotFound, config.file + ": conf_d, which is " + config.conf_d + ", " + what +
                               "; put one file for each notifier there, such as slack.toml "
                               "(teleport-notifyd configure slack prints one)"};
}

Result<std::vector<fs::path>> instance_files(const HostConfig& config) {
  // A file more is a notifier more, with an address of its own for whatever token it names.
  auto files = list_trusted(config.conf_d, ".toml");
  if (!files && files.error().code == kUntrusted) return files.error().in(config.file + ": conf_d");
  if (!files) return no_instances(config, files.error().message);
  std::erase_if(*files, is_hidden);
  if (files->empty()) return no_instances(config, "has no *.toml file");
  return files;
}

Result<> load_instances(HostConfig& config) {
  const auto files = instance_files(config);
  if (!files) return files.error();
  for (const fs::path& file : *files) {
    auto instance = load_instance(file, config.file);
    if (!instance) return instance.error();
    config.instances.push_back(*std::move(instance));
  }
  return Done{};
}

std::string or_default(const Settings& settings, const std::string& name,
                       const std::string& fallback) {
  const std::string written = settings.text(name);
  return written.empty() ? fallback : written;
}

// Upstream takes an empty one for none; here there is nothing to be compatible with.
Result<> addr_is_written(const Settings& settings) {
  const Settings::Entry* addr = settings.find("teleport.addr");
  if (addr == nullptr || !trim(addr->values.front()).empty()) return Done{};
  return at(addr->at,
            "teleport.addr is empty; write addr = \"auth.example.com:3025\" with the Auth "
            "Service's host, or remove the line for localhost:3025");
}

Result<HostConfig> from_settings(const Settings& settings, const Tree& tree) {
  HostConfig config;
  config.file = settings.file;
  auto teleport =
      teleport_config(settings, section_position(tree, "teleport", config.file), config.warnings);
  if (!teleport) return std::move(teleport).error();
  auto log = log_config(settings);
  if (!log) return std::move(log).error();
  auto delivery = delivery_config(settings);
  if (!delivery) return std::move(delivery).error();
  config.teleport = *std::move(teleport);
  config.log = *std::move(log);
  config.delivery = *std::move(delivery);

  const Surroundings around = surroundings();
  config.modules_dir = or_default(settings, "modules_dir", default_modules_dir(around));
  config.conf_d = or_default(settings, "conf_d", default_conf_d(config.file));
  config.runtime_dir = or_default(settings, "runtime_dir", default_runtime_dir(around));
  return config;
}

Result<> secrets_are_there(const Settings& settings) {
  for (const auto& [name, entry] : settings.entries) {
    if (!entry.secret || entry.values.empty()) continue;
    if (const auto secret = settings.secret(name); !secret) return secret.error();
  }
  return Done{};
}

// Who else can read its secrets: those in files of their own, and those in the file itself.
void warn_of_exposure(const Settings& settings, std::vector<std::string>& warnings) {
  std::set<std::string> said;
  for (const auto& [name, entry] : settings.entries) {
    if (!entry.secret || entry.values.empty() || entry.values.front().empty()) continue;
    const std::string& written = entry.values.front();
    const std::string& file = names_a_file(written) ? written : settings.file;
    const std::string exposure = exposure_of(file);
    if (exposure.empty() || !said.insert(file).second) continue;
    warnings.push_back(entry.at.str() + ": " + name + ": " + exposure);
  }
}

}  // namespace

Result<HostConfig> load_notifyd_config(const std::string& path) {
  const auto tree = read_toml_file(path);
  if (!tree) return tree.error();
  if (auto own = refuse_upstream_sections(*tree, path); !own) return own.error();
  const auto checked = check(*tree, path, notifyd_options());
  if (!checked) return checked.error();
  if (auto written = addr_is_written(checked->settings); !written) return written.error();
  auto config = from_settings(checked->settings, *tree);
  if (!config) return config;
  if (auto loaded = load_instances(*config); !loaded) return loaded.error();
  return config;
}

Result<Checked> check_instance(const InstanceConfig& instance, const std::vector<Option>& options) {
  auto checked = check(instance.tree, instance.file, options, instance.claimed);
  if (!checked) return checked;
  if (auto secrets = secrets_are_there(checked->settings); !secrets) return secrets.error();
  warn_of_exposure(checked->settings, checked->warnings);
  return checked;
}

}  // namespace notifyd::config
