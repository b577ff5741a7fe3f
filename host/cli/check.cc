// `check`: what an inspection found, in words.
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

std::string who_was_asked(const Inspection& found) {
  if (!found.ways) return "; neither Teleport nor a chat service was asked";
  return "; Teleport answers, and no chat service was asked";
}

void show(const Inspection& found, Io io) {
  for (const std::string& warning : found.warnings) io.err << "warning: " << warning << '\n';
  if (!found.address.empty()) io.out << "teleport   " << found.address << '\n';
  if (found.ways) show(*found.ways, io);
  if (found.identity) show(*found.identity, io);
  for (const InspectedNotifier& notifier : found.notifiers) show(notifier, io);
}

int verdict(const Arguments& arguments, const Inspection& found, Io io) {
  if (!found.faults.empty()) return failed(found.faults, io);
  if (found.ways && found.ways->trouble) {
    io.err << arguments.config
           << " is good, but Teleport cannot be reached: " << *found.ways->trouble << '\n';
    return kFailed;
  }
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
