#include "config/host_config.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include "base/exposure.h"
#include "base/text.h"
#include "base/trusted_file.h"
#include "config/default_paths.h"
#include "config/instance_clusters.h"
#include "config/secret.h"
#include "config/suggest.h"
#include "config/upstream_config.h"
#include "config/values.h"

namespace notifyd::config {
namespace {

namespace fs = std::filesystem;

std::vector<Option> notifyd_options(const std::vector<std::string>& clusters) {
  std::vector<Option> options{
      {.name = "modules_dir", .help = "where libnotify_<module>.so files are"},
      {.name = "conf_d", .help = "where the notifiers' files are"},
      {.name = "runtime_dir", .help = "where modules are copied to before they are loaded"},
  };
  for (const std::string& cluster : clusters) {
    std::ranges::move(teleport_options(cluster), std::back_inserter(options));
  }
  options.insert(options.end(), log_options().begin(), log_options().end());
  options.insert(options.end(), delivery_options().begin(), delivery_options().end());
  return options;
}

bool has_section(const Tree& tree, const std::string& name) {
  return tree.find(name) != tree.not_found();
}

// The commonest mistake on the way from upstream: its file given to this program. Said once.
bool is_of_upstream(const Tree& tree, const std::string& file, Faults& faults) {
  const UpstreamForm& upstream = upstream_form();
  const auto section = std::ranges::find_if(
      upstream.tell_tale, [&](const std::string& name) { return has_section(tree, name); });
  if (section == upstream.tell_tale.end()) return false;
  faults.add(key_position(tree.find(*section)->second, file),
             "[" + *section + "] belongs in a file of conf.d, such as conf.d/" + upstream.module +
                 ".toml; move it there, or run this file as it is: " + upstream.program +
                 " start --config " + file);
  return true;
}

const std::vector<std::string>& host_sections() {
  static const std::vector<std::string> kSections{"teleport", "log", "delivery"};
  return kSections;
}

void refuse_host_sections(const InstanceConfig& instance, const std::string& host, Faults& faults) {
  for (const std::string& section : host_sections()) {
    if (!has_section(instance.tree, section)) continue;
    faults.add(key_position(instance.tree.find(section)->second, instance.file),
               "[" + section + "] holds for all notifiers; move it to " + host);
  }
}

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// The key that says which module, or one that is misspelt: the other would not be found out about
// where the file is not called like its module.
Tree::const_assoc_iterator module_key(const Tree& tree) {
  const auto written = tree.find("module");
  if (written != tree.not_found()) return written;
  for (const auto& [key, child] : tree) {
    const bool text = child.data().kind == Value::Kind::kText;
    if (text && !nearest(key, {"module"}).empty()) return tree.find(key);
  }
  return written;
}

// Its module: what the file says, or else what it is called. "" where that is a fault.
void read_module(InstanceConfig& instance, Faults& faults) {
  instance.module = is_name(instance.name) ? instance.name : "";
  const auto it = module_key(instance.tree);
  if (it == instance.tree.not_found()) return;
  const Value& value = it->second.data();
  instance.module_at = value_position(it->second, instance.file);
  const bool good = value.kind == Value::Kind::kText && is_name(value.text);
  instance.module = good ? value.text : "";
  if (good) return;
  faults.add(instance.module_at,
             "module names no module; write module = \"slack\" for libnotify_slack.so");
}

void read_allow_insecure(InstanceConfig& instance, Faults& faults) {
  const auto it = instance.tree.find("allow_insecure");
  if (it == instance.tree.not_found()) return;
  instance.allow_insecure_at = value_position(it->second, instance.file);
  const Value& value = it->second.data();
  instance.allow_insecure = value.text == "true";
  if (value.kind == Value::Kind::kBoolean) return;
  faults.add(instance.allow_insecure_at,
             "allow_insecure must be true or false; write allow_insecure = true");
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void read_sha256(InstanceConfig& instance, Faults& faults) {
  const auto it = instance.tree.find("sha256");
  if (it == instance.tree.not_found()) return;
  instance.sha256_at = value_position(it->second, instance.file);
  const Value& value = it->second.data();
  if (value.kind == Value::Kind::kText) instance.sha256 = lower_ascii(value.text);
  if (is_sha256(instance.sha256)) return;
  faults.add(
      instance.sha256_at,
      "sha256 must be 64 hexadecimal digits, as sha256sum prints them for the module's file; "
      "write sha256 = \"...\", or remove it");
}

std::string ca_file_key(const std::string& module) { return module + ".ca_file"; }

void load_instance(const fs::path& path, HostConfig& config) {
  InstanceConfig instance;
  instance.file = path.string();
  instance.name = path.stem().string();
  if (!is_name(instance.name)) {
    config.faults.add({instance.file},
                      "the file's name is the notifier's name and may hold a-z, 0-9, _ and - only; "
                      "rename the file, for example to slack-emea.toml");
  }
  auto tree = read_toml_file(instance.file, config.faults);
  if (!tree) return;
  instance.tree = *std::move(tree);
  refuse_host_sections(instance, config.file, config.faults);
  read_module(instance, config.faults);
  instance.claimed = host_keys(instance.module);
  instance.claimed.insert(instance.claimed.end(), host_sections().begin(), host_sections().end());
  read_allow_insecure(instance, config.faults);
  read_sha256(instance, config.faults);
  read_clusters(instance, config.faults);
  read_ca_file(instance, config.faults);
  adopt_old_recipients(instance, config.warnings);
  // Without its module nobody knows what else it may say.
  if (!instance.module.empty()) config.instances.push_back(std::move(instance));
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

std::string no_instances(const HostConfig& config, const std::string& what) {
  return "conf_d, which is " + config.conf_d + ", " + what +
         "; put one file for each notifier there, such as slack.toml (teleport-notifyd configure "
         "slack prints one)";
}

void load_instances(HostConfig& config, const Position& at) {
  // A file more is a notifier more, with an address of its own for whatever token it names.
  auto files = list_trusted(config.conf_d, ".toml");
  if (!files && files.error().code == kUntrusted) {
    return config.faults.add(at, "conf_d: " + files.error().message, FoundIn::kMachine);
  }
  if (!files) {
    return config.faults.add(at, no_instances(config, files.error().message), FoundIn::kMachine);
  }
  std::erase_if(*files, is_hidden);
  // The first may come with the next reload.
  if (files->empty()) {
    config.warnings.push_back(at.str() + ": " + no_instances(config, "has no *.toml file yet") +
                              " and reload");
  }
  for (const fs::path& file : *files) load_instance(file, config);
  if (config.is_read) match_clusters(config);
}

std::string or_default(const Settings& settings, const std::string& name,
                       const std::string& fallback) {
  const std::string written = settings.text(name);
  return written.empty() ? fallback : written;
}

// Upstream takes an empty one for none; here there is nothing to be compatible with.
void addr_is_written(const Settings& settings, const std::string& cluster, Faults& faults) {
  const std::string name = section_of_cluster(cluster) + ".addr";
  const Settings::Entry* addr = settings.find(name);
  if (addr == nullptr || !addr->set || !addr->values.empty()) return;
  if (settings.wrong.contains(name)) return;
  faults.add(addr->at,
             name +
                 " is empty; write addr = \"teleport.example.com:443\" with the proxy's host "
                 "and port, or remove the line for localhost:3025");
}

// Where it is written, or the file as a whole.
Position place(const Settings& settings, const std::string& name) {
  const Settings::Entry* entry = settings.find(name);
  return entry != nullptr ? entry->at : Position{settings.file};
}

void take(const Settings& settings, const Tree& tree, const std::vector<std::string>& clusters,
          HostConfig& config) {
  for (const std::string& cluster : clusters) {
    addr_is_written(settings, cluster, config.faults);
    config.clusters.push_back(
        teleport_config(settings, cluster, tree, config.faults, config.warnings));
  }
  config.log = log_config(settings, config.faults);
  config.delivery = delivery_config(settings, config.faults);
}

void take_directories(const Settings& settings, HostConfig& config) {
  const Surroundings around = surroundings();
  config.modules_dir = or_default(settings, "modules_dir", default_modules_dir(around));
  config.conf_d = or_default(settings, "conf_d", default_conf_d(config.file));
  config.runtime_dir = or_default(settings, "runtime_dir", default_runtime_dir(around));
  config.runtime_dir_at = place(settings, "runtime_dir");
}

void secrets_are_there(Settings& settings, Faults& faults) {
  for (const auto& [name, entry] : settings.entries) {
    if (!entry.secret || entry.values.empty() || settings.wrong.contains(name)) continue;
    const auto secret = settings.secret(name);
    if (secret) continue;
    faults.add(secret.error(), entry.at, entry.names_a_file() ? FoundIn::kMachine : FoundIn::kText);
    settings.wrong.insert(name);
  }
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

bool same(const Tree& a, const Tree& b) {
  if (a.data().kind != b.data().kind || a.data().text != b.data().text) return false;
  return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
    return one.first == other.first && same(one.second, other.second);
  });
}

}  // namespace

std::vector<std::string> host_keys(const std::string& module) {
  return {"module", "allow_insecure", "sha256", "clusters", ca_file_key(module)};
}

void read_ca_file(InstanceConfig& instance, Faults& faults) {
  const auto section = instance.tree.find(instance.module);
  if (section == instance.tree.not_found()) return;
  const auto it = section->second.find("ca_file");
  if (it == section->second.not_found()) return;
  const Option option{.name = ca_file_key(instance.module), .help = "path of a file of CAs"};
  Settings settings;
  settings.file = instance.file;
  convert(option, it->second, settings, faults);
  instance.ca_file = settings.text(option.name);
  instance.ca_file_at = value_position(it->second, instance.file);
}

bool same_settings(const InstanceConfig& a, const InstanceConfig& b) {
  return a.name == b.name && a.module == b.module && a.file == b.file && a.claimed == b.claimed &&
         a.allow_insecure == b.allow_insecure && same(a.tree, b.tree);
}

bool is_told_of(const InstanceConfig& instance, const std::string& cluster) {
  return instance.clusters.empty() || std::ranges::count(instance.clusters, cluster) > 0;
}

HostConfig load_notifyd_config(const std::string& path) {
  HostConfig config;
  config.file = path;
  config.faults = Faults(path);
  auto tree = read_toml_file(path, config.faults);
  config.is_read = tree.has_value();
  std::vector<std::string> claimed;
  const bool of_upstream = tree && is_of_upstream(*tree, path, config.faults);
  if (of_upstream) claimed = upstream_form().tell_tale;
  Settings settings;
  settings.file = path;
  if (tree) {
    const auto clusters = cluster_names(*tree, path, config.faults);
    settings = check(*tree, path, notifyd_options(clusters), config.faults, claimed).settings;
    take(settings, *tree, clusters, config);
  }
  take_directories(settings, config);
  std::error_code none;
  const bool expected = config.is_read && !of_upstream;
  if (expected || fs::exists(config.conf_d, none)) {
    load_instances(config, place(settings, "conf_d"));
  }
  return config;
}

Checked check_instance(const InstanceConfig& instance, const std::vector<Option>& options,
                       Faults& faults) {
  Checked checked = check(instance.tree, instance.file, options, faults, instance.claimed);
  secrets_are_there(checked.settings, faults);
  warn_of_exposure(checked.settings, checked.warnings);
  return checked;
}

}  // namespace notifyd::config
