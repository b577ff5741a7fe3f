#include "daemon/inspection.h"

#include <chrono>
#include <memory>
#include <set>
#include <utility>

#include "base/text.h"
#include "base/time_text.h"
#include "daemon/access.h"
#include "daemon/daemon.h"
#include "daemon/instances.h"
#include "daemon/lineup.h"
#include "net/http.h"
#include "ops/log.h"
#include "ops/runtime_dir.h"

namespace notifyd::daemon {
namespace {

// In time: a quarter of its life before the end.
bool ends_soon(const InspectedIdentity& identity) {
  const Millis life(identity.facts.valid_until_ms - identity.facts.valid_from_ms);
  return identity.left * 4 < life;
}

void warn_of_the_end(const InspectedIdentity& identity, Inspection& found) {
  if (!ends_soon(identity)) return;
  found.warnings.push_back("the certificate in " + identity.file + " ends in " +
                           rough_duration(identity.left) +
                           "; renew it before: " + identity.facts.renew);
}

void look_at_access(const config::TeleportConfig& config, Inspection& found) {
  const auto now = std::chrono::system_clock::now();
  Access access = judge_access(config, now, found.faults);
  InspectedCluster& cluster = found.clusters.emplace_back();
  cluster.name = config.name;
  cluster.address = join(config.addrs, ", ");
  found.warnings.insert(found.warnings.end(), access.warnings.begin(), access.warnings.end());
  if (!access.identity) return;
  const Millis left(access.identity->valid_until_ms - unix_ms(now));
  const std::string& file = config.identity.empty() ? config.client_crt : config.identity;
  cluster.identity = InspectedIdentity{file, *std::move(access.identity), left};
  warn_of_the_end(*cluster.identity, found);
}

// Two sections for one cluster: all its requests would be looked at twice.
void look_for_twins(Inspection& found) {
  std::map<std::string, std::string> sections;  // by the cluster that its identity is for
  for (const InspectedCluster& cluster : found.clusters) {
    if (!cluster.identity || cluster.identity->facts.cluster.empty()) continue;
    const auto [first, is_new] = sections.emplace(cluster.identity->facts.cluster, cluster.name);
    if (is_new) continue;
    found.warnings.push_back("[teleport." + first->second + "] and [teleport." + cluster.name +
                             "] have identities of the same cluster, " + first->first +
                             "; remove one of them");
  }
}

std::map<std::string, std::size_t> sections_of(const config::Settings& settings) {
  std::map<std::string, std::size_t> sections;
  for (const auto& [name, entry] : settings.entries) {
    std::set<std::string> values;
    for (const auto& [key, its] : entry.table) values.insert(its.begin(), its.end());
    if (!entry.table.empty()) sections.emplace(name, values.size());
  }
  return sections;
}

InspectedNotifier notifier_of(const LineupEntry& entry) {
  return {entry.name, entry.module, entry.library->info().version, entry.settings.file,
          sections_of(entry.settings)};
}

// A daemon whose engine never runs, and that says nothing.
struct Rehearsal {
  AsioEngine engine;
  std::unique_ptr<net::Http> http = net::make_curl_http({}, Log());
  Instances instances{engine, *http, Log()};
};

void rehearse(Lineup lineup, Rehearsal& rehearsal, Inspection& found) {
  for (LineupEntry& entry : lineup.entries) {
    InspectedNotifier notifier = notifier_of(entry);
    const auto* started = rehearsal.instances.start(std::move(entry), found.faults);
    if (started != nullptr) found.notifiers.push_back(std::move(notifier));
  }
}

void look_at_lineup(const config::HostConfig& config, const std::string& program,
                    Inspection& found) {
  const LineupOptions options{.loading = Loading::kToLook, .rehearsal = program};
  Lineup lineup = make_lineup(config, options, Log(), found.faults);
  found.warnings.insert(found.warnings.end(), lineup.warnings.begin(), lineup.warnings.end());
  auto rehearsal = std::make_unique<Rehearsal>();
  rehearse(std::move(lineup), *rehearsal, found);
  rehearsal->instances.end(std::chrono::steady_clock::now() + kModulesEndWithin);
  found.stuck = rehearsal->instances.stuck() > 0;
  if (found.stuck) {
    found.warnings.emplace_back("a module does not come back from a call; it would hold up a stop");
    // Nothing can be destroyed while the module may use it, and the process is about to leave.
    static_cast<void>(rehearsal.release());
  }
}

Ways ways_of(const config::TeleportConfig& config) {
  config::Faults none;  // they were found before
  return try_ways(config, judge_access(config, std::chrono::system_clock::now(), none));
}

// What a start takes from the machine beside what the daemon itself looks at.
void look_at_places(const config::HostConfig& config, config::Faults& faults) {
  const auto log = ops::judge_log(config.log);
  if (!log) faults.add(log.error(), config.log.output_at, config::FoundIn::kMachine);
  const auto run = ops::judge_runtime_dir(config.runtime_dir);
  if (!run) refuse_runtime_dir(config, run.error(), faults);
}

}  // namespace

Inspection inspect(const config::HostConfig& config, const std::string& rehearsal,
                   AskTeleport ask) {
  Inspection found;
  found.warnings = config.warnings;
  found.faults = config.faults;
  if (config.is_read) {
    look_at_places(config, found.faults);
    for (const auto& teleport : config.clusters) look_at_access(teleport, found);
    look_for_twins(found);
  }
  look_at_lineup(config, rehearsal, found);
  if (ask == AskTeleport::kNo || !found.faults.empty()) return found;
  for (std::size_t i = 0; i < config.clusters.size(); ++i) {
    found.clusters[i].ways = ways_of(config.clusters[i]);
  }
  return found;
}

}  // namespace notifyd::daemon
