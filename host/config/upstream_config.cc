#include "config/upstream_config.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "config/default_paths.h"
#include "config/host_config.h"
#include "config/values.h"

namespace notifyd::config {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<Option> upstream_options() {
  std::vector<Option> options = upstream_form().accepted;
  options.insert(options.end(), teleport_options().begin(), teleport_options().end());
  options.insert(options.end(), log_options().begin(), log_options().end());
  return options;
}

// Keys of `tree` in lower case. Two that differ in case only would silently be one.
Tree keys_lowered(const Tree& tree, const std::string& file, Faults& faults) {
  Tree lowered(tree.data());
  for (const auto& [key, child] : tree) {
    const auto twin = lowered.find(lower_ascii(key));
    if (twin == lowered.not_found()) {
      lowered.push_back({lower_ascii(key), child});
      continue;
    }
    faults.add(key_position(child, file), "\"" + shown(key) + "\" is there twice, in line " +
                                              std::to_string(twin->second.data().key_line) +
                                              " too; keep one of them");
  }
  return lowered;
}

Tree folded(const Tree& tree, const std::string& file, Faults& faults) {
  Tree top = keys_lowered(tree, file, faults);
  for (auto& [key, child] : top) {
    if (has(upstream_form().names, key)) continue;
    if (child.data().kind == Value::Kind::kTable) child = keys_lowered(child, file, faults);
  }
  return top;
}

Tree host_part(const Tree& tree) {
  Tree part(tree.data());
  for (const auto& member : tree) {
    if (has(upstream_form().host, member.first)) part.push_back(member);
  }
  return part;
}

InstanceConfig module_part(const Tree& tree, const Settings& host) {
  const UpstreamForm& form = upstream_form();
  InstanceConfig part{form.module, form.module, host.file, tree, form.host};
  part.allow_insecure = host.flag("allow_insecure");
  part.allow_insecure_at = host.find("allow_insecure")->at;
  return part;
}

void warn_of_review(const Settings& settings, std::vector<std::string>& warnings) {
  if (!settings.flag("review.enabled")) return;
  warnings.push_back(settings.find("review.enabled")->at.str() +
                     ": reviewing from Slack is not part of this version, [review] does nothing; "
                     "write enabled = false, people review by the link in the message");
}

}  // namespace

const UpstreamForm& upstream_form() {
  static const UpstreamForm kForm{
      .program = "teleport-slack",
      .module = "slack",
      .host = {"teleport", "log", "http", "review", "allow_insecure"},
      .names = {"role_to_recipients"},
      .tell_tale = {"slack", "role_to_recipients"},
      .accepted = {{.name = "http",
                    .type = Type::kTable,
                    .ignored = true,
                    .help = "does nothing, Slack calls nobody back; remove it"},
                   {.name = "allow_insecure", .type = Type::kBool, .fallback = "false"},
                   {.name = "review.enabled", .type = Type::kBool, .fallback = "false"},
                   {.name = "review.app_token", .secret = true},
                   {.name = "review.slack_user_id_trait"},
                   {.name = "review.allow_email_username_match", .type = Type::kBool}}};
  return kForm;
}

HostConfig load_upstream_config(const std::string& path) {
  HostConfig config;
  config.upstream_form = true;
  config.file = path;
  config.faults = Faults(path);
  config.modules_dir = default_modules_dir(surroundings());
  config.runtime_dir = default_runtime_dir(surroundings());
  config.runtime_dir_at = {path};
  const auto written = read_toml_file(path, config.faults);
  if (!written) return config;

  config.is_read = true;
  const Tree tree = folded(*written, path, config.faults);
  const Checked checked = check(host_part(tree), path, upstream_options(), config.faults);
  config.warnings = checked.warnings;
  warn_of_review(checked.settings, config.warnings);
  config.teleport = teleport_config(checked.settings, section_position(tree, "teleport", path),
                                    config.faults, config.warnings);
  config.log = log_config(checked.settings, config.faults);
  config.instances.push_back(module_part(tree, checked.settings));
  return config;
}

}  // namespace notifyd::config
