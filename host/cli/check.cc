// `check`: what an inspection found, in words.
#include <algorithm>
#include <cstdlib>

#include "base/time_text.h"
#include "cli/commands.h"
#include "config/default_paths.h"
#include "daemon/inspection.h"
#include "ops/runtime_dir.h"

namespace notifyd::cli {
namespace {

using daemon::InspectedIdentity;
using daemon::InspectedNotifier;
using daemon::Inspection;

void show(const InspectedIdentity& identity, Io io) {
  const teleport::IdentityFacts& facts = identity.facts;
  io.out << "identity   " << identity.file << ": user " << facts.user;
  if (!facts.cluster.empty()) io.out << ", cluster " << facts.cluster;
  io.out << ", valid until " << utc_text(facts.valid_until_ms) << " (for "
         << rough_duration(identity.left) << ")\n";
}

void show(const InspectedNotifier& notifier, Io io) {
  io.out << "notifier   " << notifier.name << ": " << notifier.module << " v" << notifier.version
         << ", " << notifier.file;
  for (const auto& [section, values] : notifier.sections) {
    io.out << ", " << section << ": " << values;
  }
  io.out << '\n';
}

void show(const daemon::Ways& ways, Io io) {
  for (const auto& [asked, said] : ways.answers)
    io.out << "way        " << asked << ": " << said << '\n';
}

void show(const daemon::InspectedCluster& cluster, Io io) {
  io.out << "teleport   " << (cluster.name.empty() ? "" : cluster.name + ": ") << cluster.address
         << '\n';
  if (cluster.ways) show(*cluster.ways, io);
  if (cluster.identity) show(*cluster.identity, io);
}

std::string who_was_asked(const Inspection& found) {
  const bool asked = std::ranges::any_of(
      found.clusters, [](const daemon::InspectedCluster& one) { return one.ways.has_value(); });
  if (!asked) return "; neither Teleport nor a chat service was asked";
  return "; Teleport answers, and no chat service was asked";
}

// Of those that were asked and cannot be reached. True: there are none.
bool all_are_reached(const std::string& config, const Inspection& found, Io io) {
  bool all = true;
  for (const daemon::InspectedCluster& cluster : found.clusters) {
    if (!cluster.ways || !cluster.ways->trouble) continue;
    all = false;
    io.err << config << " is good, but Teleport" << (cluster.name.empty() ? "" : " " + cluster.name)
           << " cannot be reached: " << *cluster.ways->trouble << '\n';
  }
  return all;
}

void show(const Inspection& found, Io io) {
  for (const std::string& warning : found.warnings) io.err << "warning: " << warning << '\n';
  for (const daemon::InspectedCluster& cluster : found.clusters) show(cluster, io);
  for (const InspectedNotifier& notifier : found.notifiers) show(notifier, io);
}

int verdict(const Arguments& arguments, const Inspection& found, Io io) {
  if (!found.faults.empty()) return failed(found.faults, io);
  if (!all_are_reached(arguments.config, found, io)) return kFailed;
  io.out << arguments.config << " is good" << who_was_asked(found) << '\n';
  return kOk;
}

}  // namespace

int check(const Arguments& arguments, Io io) {
  ops::look_as_owner_of(config::default_runtime_dir(config::surroundings()));
  const config::HostConfig config = load_config(arguments);
  ops::look_as_owner_of(config.runtime_dir);
  const Inspection found =
      daemon::inspect(config, arguments.rehearsal,
                      arguments.offline ? daemon::AskTeleport::kNo : daemon::AskTeleport::kYes);
  show(found, io);
  const int code = verdict(arguments, found, io);
  if (!found.stuck) return code;
  io.out.flush();
  io.err.flush();
  std::_Exit(code);
}

}  // namespace notifyd::cli
