#include "config/instance_clusters.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "config/suggest.h"
#include "config/values.h"

namespace notifyd::config {
namespace {

bool is_text(const Tree& node) {
  return node.data().kind == Value::Kind::kText && !node.data().text.empty();
}

// One may be written without the brackets, as everywhere.
bool read_names(const Tree& node, std::vector<std::string>& names) {
  if (is_text(node)) {
    names.push_back(node.data().text);
    return true;
  }
  if (node.data().kind != Value::Kind::kList) return false;
  for (const auto& [key, item] : node) {
    if (!is_text(item)) return false;
    names.push_back(item.data().text);
  }
  return !names.empty();
}

std::string advice(const std::string& name, const std::vector<std::string>& known) {
  const std::string near = nearest(name, known);
  if (!near.empty()) return "did you mean \"" + near + "\"?";
  return "known there: " + join(known, ", ");
}

void match(const InstanceConfig& instance, const std::vector<std::string>& known,
           const std::string& host_file, Faults& faults) {
  for (const std::string& name : instance.clusters) {
    if (std::ranges::count(known, name) > 0) continue;
    faults.add(instance.clusters_at, "clusters names \"" + shown(name) + "\", and " + host_file +
                                         " has no [teleport." + shown(name) + "]; " +
                                         advice(name, known));
  }
}

void match_unnamed(const InstanceConfig& instance, const std::string& host_file, Faults& faults) {
  if (instance.clusters.empty()) return;
  faults.add(instance.clusters_at, "clusters names Teleport clusters, and " + host_file +
                                       " has one [teleport] that has no name; remove clusters, or "
                                       "write [teleport.NAME] there for each cluster");
}

}  // namespace

void read_clusters(InstanceConfig& instance, Faults& faults) {
  const auto it = instance.tree.find("clusters");
  if (it == instance.tree.not_found()) return;
  instance.clusters_at = value_position(it->second, instance.file);
  if (read_names(it->second, instance.clusters)) return;
  instance.clusters.clear();
  faults.add(instance.clusters_at,
             "clusters must be a list of the NAMEs of [teleport.NAME]; write clusters = "
             "[\"prod\"], or remove it for all of them");
}

void match_clusters(HostConfig& config) {
  std::vector<std::string> known;
  for (const TeleportConfig& cluster : config.clusters) known.push_back(cluster.name);
  if (known.empty()) return;
  const bool unnamed = known.front().empty();
  for (const InstanceConfig& instance : config.instances) {
    unnamed ? match_unnamed(instance, config.file, config.faults)
            : match(instance, known, config.file, config.faults);
  }
  if (config.instances.empty()) return;
  for (const TeleportConfig& cluster : config.clusters) {
    const bool told = std::ranges::any_of(config.instances, [&](const InstanceConfig& instance) {
      return is_told_of(instance, cluster.name);
    });
    if (told) continue;
    config.warnings.push_back(cluster.at.str() + ": nobody is told of the requests in [teleport." +
                              cluster.name + "]; add \"" + cluster.name +
                              "\" to clusters in a file of conf.d");
  }
}

}  // namespace notifyd::config
