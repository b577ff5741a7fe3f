#include "config/upstream_config.h"

#include <algorithm>
#include <iterator>
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
  std::ranges::move(teleport_options(), std::back_inserter(options));
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

bool is_empty_list(const Tree& node) {
  return node.data().kind == Value::Kind::kList && node.empty();
}

// Upstream takes an empty list for one that is not there, and so "*" is told. In conf.d it means
// nobody.
void drop_empty_lists(Tree& tree, const std::string& file, std::vector<std::string>& warnings) {
  const std::string& name = upstream_form().recipients;
  const auto found = tree.find(name);
  if (found == tree.not_found() || found->second.count("*") == 0) return;
  Tree kept(found->second.data());
  for (const auto& [key, child] : found->second) {
    if (key == "*" || !is_empty_list(child)) {
      kept.push_back({key, child});
      continue;
    }
    warnings.push_back(value_position(child, file).str() + ": " + name + ".\"" + shown(key) +
                       "\" is empty and counts as not written, as it always did in this file: "
                       "\"*\" is told; remove the line, or name who is to be told");
  }
  found->second = kept;
}

// Upstream's parser reads a number as nanoseconds.
void name_nanoseconds(Tree& tree) {
  const auto section = tree.find("teleport");
  if (section == tree.not_found()) return;
  const auto interval = section->second.find("refresh_identity_interval");
  if (interval == section->second.not_found()) return;
  Value& value = interval->second.data();
  if (value.kind != Value::Kind::kInteger) return;
  value.kind = Value::Kind::kText;
  value.text += "ns";
}

Tree host_part(const Tree& tree) {
  Tree part(tree.data());
  for (const auto& member : tree) {
    if (has(upstream_form().host, member.first)) part.push_back(member);
  }
  return part;
}

InstanceConfig module_part(const Tree& tree, const Settings& host, Faults& faults,
                           std::vector<std::string>& warnings) {
  const UpstreamForm& form = upstream_form();
  InstanceConfig part{form.module, form.module, host.file, tree, form.host};
  part.claimed.push_back(form.module + ".ca_file");
  read_ca_file(part, faults);
  part.allow_insecure = host.flag("allow_insecure");
  part.allow_insecure_at = host.find("allow_insecure")->at;
  adopt_old_recipients(part, warnings);
  drop_empty_lists(part.tree, part.file, warnings);
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
      .recipients = "role_to_recipients",
      .old_recipients = "recipients",
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

void adopt_old_recipients(InstanceConfig& instance, std::vector<std::string>& warnings) {
  const UpstreamForm& form = upstream_form();
  const auto section = instance.tree.find(form.module);
  const bool ours = instance.module == form.module && section != instance.tree.not_found();
  if (!ours || instance.tree.count(form.recipients) > 0) return;
  const auto old = section->second.find(form.old_recipients);
  if (old == section->second.not_found() || is_empty_list(old->second)) return;
  const Tree named = old->second;
  const std::string name = form.module + "." + form.old_recipients;
  warnings.push_back(key_position(named, instance.file).str() + ": " + name +
                     " is the old form of [" + form.recipients +
                     "] and is taken for \"*\" there; write [" + form.recipients +
                     "] and under it \"*\" = [\"...\"] with the same recipients");
  section->second.erase(form.old_recipients);
  Tree table(named.data());
  table.data().kind = Value::Kind::kTable;
  table.push_back({"*", named});
  instance.tree.push_back({form.recipients, table});
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
  Tree tree = folded(*written, path, config.faults);
  name_nanoseconds(tree);
  const Checked checked = check(host_part(tree), path, upstream_options(), config.faults);
  config.warnings = checked.warnings;
  warn_of_review(checked.settings, config.warnings);
  config.clusters = {teleport_config(checked.settings, "", tree, config.faults, config.warnings)};
  config.log = log_config(checked.settings, config.faults);
  config.instances.push_back(module_part(tree, checked.settings, config.faults, config.warnings));
  return config;
}

}  // namespace notifyd::config
